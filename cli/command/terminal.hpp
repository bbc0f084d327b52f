#pragma once
// Terminal: everything a command needs from the process it runs in. main() owns the real one; tests
// use one of their own, so that exit codes and output are checked in-process. One thread.
#include "common/base/result.hpp"
#include "common/base/secret.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace vault::command {

class Terminal {
  public:
    virtual ~Terminal() = default;
    // False once stdout cannot be written (closed, disk full, reader gone).
    virtual bool write(std::string_view text) = 0;
    // stderr: progress, prompts, warnings. Failing is ignored; there is nobody left to tell.
    virtual void note(std::string_view text) = 0;
    // One line from a person, or nothing if stdin or stderr is no terminal.
    virtual std::optional<std::string> ask(std::string_view prompt) = 0;
    // A secret from a person, unseen. Errors: of base/prompt.hpp.
    virtual Result<Secret> ask_secret(std::string_view prompt) = 0;
    // Whether somebody sees questions and can answer them, also while stdin is a file.
    virtual bool has_keyboard() const = 0;
    virtual bool stdin_is_terminal() const = 0;
    virtual std::string tty() const = 0;                       // its name; "" if there is none
    virtual std::string variable(const char* name) const = 0;  // environment; "" if unset
    struct Size {
        int columns, rows;
    };
    // Of the terminal that stdout is; nothing if it is none, or one that does not tell.
    virtual std::optional<Size> size() const = 0;
    virtual bool stdout_is_terminal() const = 0;
    virtual bool stderr_is_terminal() const = 0;
    virtual std::string directory() const = 0;  // to make paths absolute
};

// Whether its locale has UTF-8, as every program decides it: the first that is set of LC_ALL,
// LC_CTYPE and LANG counts.
bool speaks_utf8(const Terminal& terminal);

}  // namespace vault::command
