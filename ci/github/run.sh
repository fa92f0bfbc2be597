#!/usr/bin/env bash
# One jetplan command as a step of a workflow. What the workflow says comes in variables, and is never run as text.
# Leaves the Markdown of a plan in $RUNNER_TEMP/jetplan-comment.md and its page in jetplan-page.html beside it, and ends
# with jetplan's own exit code, or with 0 where the workflow allows that code.
set -uo pipefail

jetplan=$1
unset PYTHONPATH PYTHONHOME
for name in CLIENT_ID CLIENT_SECRET API_URL LEDGER; do
    input=INPUT_$name
    if [ -n "${!input:-}" ]; then export "JETPLAN_$name=${!input}"; fi
    unset "$input"
done
comment=$RUNNER_TEMP/jetplan-comment.md
arguments=()
while IFS= read -r line; do
    if [ -n "$line" ]; then arguments+=("$line"); fi
done <<<"$INPUT_ARGUMENTS"
page=$RUNNER_TEMP/jetplan-page.html
rm -f "$comment" "$page"
tell_page() {
    if [ -s "$page" ] && [ -n "${GITHUB_OUTPUT:-}" ]; then echo "page=true" >>"$GITHUB_OUTPUT"; fi
}

# Ends with a code, or with 0 where it is allowed and a plan was made. The output says what jetplan ended with.
end_with() {
    if [ -n "${GITHUB_OUTPUT:-}" ]; then echo "exitcode=$1" >>"$GITHUB_OUTPUT"; fi
    for allowed in ${INPUT_ALLOW_EXIT_CODES:-}; do
        if [ "$allowed" = "$1" ] && [ -s "$comment" ]; then exit 0; fi
    done
    exit "$1"
}

case $INPUT_COMMAND in
validate)
    "$jetplan" validate ${arguments[@]+"${arguments[@]}"} -- "$INPUT_MANIFESTS"
    end_with $?
    ;;
diff)
    if [ -n "$INPUT_BASE" ]; then arguments+=(--base "$INPUT_BASE"); fi
    "$jetplan" diff --format markdown ${arguments[@]+"${arguments[@]}"} -- "$INPUT_MANIFESTS" >"$comment"
    code=$?
    # Once more for the page, without repeating outputs, summary and annotations.
    GITHUB_OUTPUT='' GITHUB_STEP_SUMMARY='' GITHUB_ACTIONS='' \
        "$jetplan" diff --format html ${arguments[@]+"${arguments[@]}"} -- "$INPUT_MANIFESTS" >"$page" 2>/dev/null
    tell_page
    end_with "$code"
    ;;
plan)
    out=${INPUT_OUT:-$RUNNER_TEMP/jetplan-plan.json}
    rm -f "$out"
    "$jetplan" plan --out "$out" ${arguments[@]+"${arguments[@]}"} -- "$INPUT_MANIFESTS"
    code=$?
    if [ -s "$out" ]; then
        "$jetplan" show --format markdown -- "$out" >"$comment" 2>/dev/null
        "$jetplan" show --format html -- "$out" >"$page" 2>/dev/null
        tell_page
    fi
    end_with "$code"
    ;;
apply)
    if [ -n "$INPUT_EXPECT_DIGEST" ]; then arguments+=(--expect-digest "$INPUT_EXPECT_DIGEST"); fi
    "$jetplan" apply --auto-approve ${arguments[@]+"${arguments[@]}"} -- "$INPUT_MANIFESTS"
    end_with $?
    ;;
*)
    echo "The input 'command' must be diff, plan, apply or validate." >&2
    exit 64
    ;;
esac
