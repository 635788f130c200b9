"""The one command: ``python3 -m web run``, ``python3 -m web test`` and all that ``quytrinh`` does.

Only the standard library is imported until ``.venv`` exists, and this file keeps to words that an old Python reads too, so
that it can answer with a sentence instead of a traceback.
"""

import sys

#: The oldest Python the product runs on.
NEEDED = (3, 11)


def main(argv: "list[str] | None" = None) -> int:
    """Set up what is missing, then do what was asked. Exit code: 0 done, 1 refused or failed, 2 wrong usage."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if sys.version_info < NEEDED:
        found = ".".join(str(part) for part in sys.version_info[:3])
        print(
            f"Cần Python 3.11 trở lên, máy đang dùng {found}: cài bản mới rồi gọi lại bằng bản đó.\n"
            f"Python 3.11 or newer is needed, this is {found}: install one and call it instead.",
            file=sys.stderr,
        )
        return 1
    from web import installing, refusing

    try:
        refusing.check_machine(arguments)
        installing.ensure(arguments)
    except refusing.CannotStart as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return _dispatch(arguments)


def _dispatch(arguments: "list[str]") -> int:
    if arguments[:1] == ["test"]:
        from web.gate import stages

        return stages.main(arguments[1:])
    from web import cli

    return cli.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
