"""Lists of objects in files beside the manifests: one module a format, all of them streams with places."""
