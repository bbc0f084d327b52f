#include "cli/command/help.hpp"
#include "cli/render/fold.hpp"
#include "common/protocol/errors.hpp"
#include "common/protocol/permissions.hpp"

#include <fmt/format.h>

#include <string>

namespace vault::command {
namespace {

using protocol::ParamType;
using protocol::Place;

// Text in mdoc: a backslash, and a dot or quote at the start of a line, would be read as markup.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else
            out += c;
    }
    if (out.starts_with('.') || out.starts_with('\'')) out.insert(0, "\\&");
    return out;
}

// Sentences on lines of their own and no line over 78 bytes, as mdoc wants its text.
std::string filled(std::string_view text) {
    std::string out;
    std::size_t width = 0;
    while (!text.empty()) {
        const auto blank = text.find(' ');
        const std::string word = escaped(text.substr(0, blank));
        text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
        const bool breaks = out.ends_with('.') || width + word.size() > 77;
        if (!out.empty()) out += breaks ? '\n' : ' ';
        width = breaks ? word.size() : width + 1 + word.size();
        out += word;
    }
    return out;
}

// As one argument of a macro.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : escaped(text)) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + '"';
}

std::string param_item(const Param& param) {
    std::string item = ".It ";
    if (param.letter != '\0') item += fmt::format("Fl {} , ", param.letter);
    item += param.place == Place::Flag ? fmt::format("Fl Fl {}", escaped(flag_name(param)))
                                       : fmt::format("Ar {}", quoted(value_name(param)));
    if (param.place == Place::Flag && param.type != ParamType::Bool)
        item += fmt::format(" Ar {}", quoted(value_name(param)));
    std::string doc(param.doc);
    if (param.repeated) doc += "; repeatable";
    if (param.place == Place::Flag && param.required) doc += "; required";
    return fmt::format("{}\n{}\n", item, filled(doc));
}

// What stands in a display, which nothing folds but we: formatters indent it by up to 13 blanks.
std::string literal(std::string_view command, std::string_view end) {
    constexpr std::size_t kDisplayColumns = 64;
    std::string lines = render::folded_command(command, "", 4, end, kDisplayColumns);
    std::string out;
    for (auto at = lines.find('\n'); at != std::string::npos; at = lines.find('\n')) {
        out += escaped(lines.substr(0, at)) + '\n';
        lines.erase(0, at + 1);
    }
    return out;
}

std::string command_section(const Method& command) {
    std::string out = fmt::format(".Ss {}\n{}.\n.Bd -literal -offset indent\n{}.Ed\n",
                                  escaped(command_name(command)), escaped(command.summary),
                                  literal(synopsis(command), {}));
    if (!command.detail.empty()) out += fmt::format(".Pp\n{}\n", filled(command.detail));
    if (!is_local(command))
        out += fmt::format(".Pp\nWho may:\n{}\n",
                           filled(protocol::who_may(protocol::facts_of(command))));
    std::string items;
    for (const Param& param : command.params)
        if (param.place != Place::Hidden) items += param_item(param);
    for (const Param& param : local_flags(command))
        items += param_item(param);
    if (!items.empty()) out += ".Bl -tag -width Ds\n" + items + ".El\n";
    if (command.examples.empty()) return out;
    out += ".Pp\nExamples:\n.Bd -literal -offset indent\n";
    for (const auto example : command.examples)
        out += literal(example, " \\");
    return out + ".Ed\n";
}

std::string global_section() {
    std::string out = ".Bl -tag -width Ds\n";
    for (const GlobalFlag& flag : global_flags()) {
        std::string item = ".It ";
        if (flag.letter != '\0') item += fmt::format("Fl {} , ", flag.letter);
        item += fmt::format("Fl Fl {}", escaped(flag.name));
        if (!flag.value.empty()) item += fmt::format(" Ar {}", flag.value);
        out += fmt::format("{}\n{}\n", item, filled(flag.doc));
    }
    return out + ".El\n";
}

std::string error_section() {
    std::string out =
        ".Sh ERROR CODES\nThe code of an error, the exit code and what to do.\n"
        ".Bl -tag -width Ds\n";
    for (const protocol::ErrorRow& row : protocol::kErrorTable)
        out += fmt::format(".It {} ({})\n{}\n", escaped(row.code), row.exit_code, filled(row.hint));
    return out + ".El\n";
}

constexpr std::string_view kHead =
    R"(.\" Made by "vaultctl --generate-man" from the command table; do not edit.
.Dd November 23, 2026
.Dt VAULTCTL 1
.Os
.Sh NAME
.Nm vaultctl
.Nd control a running vaultd
.Sh SYNOPSIS
.Nm
.Op Ar flags
.Ar noun verb
.Op Ar words
.Op Ar flags
.Sh DESCRIPTION
.Nm
talks to
.Xr vaultd 8
over its control socket.
Flags may stand before or after the command and are never abbreviated.
A word such as \-5 is a value, and \-\- ends the flags.
.Pp
Data goes to standard output; progress, prompts and warnings go to standard
error.
With
.Fl Fl json
exactly one document is printed, on success
.Bd -literal -offset indent
{"schema":"vault.vault.show/1","ok":true,"data":...,"warnings":[]}
.Ed
.Pp
and on failure, also of usage or connection,
.Bd -literal -offset indent
{"schema":"vault.error/1","ok":false,
    "error":{"code","message","effect","hint"}}
.Ed
.Pp
(on one line) where effect is none, applied or unknown.
Amounts are decimal strings and times are UTC.
Every change carries an idempotency key: repeating a call with the same key
has no second effect and gives the first answer.
.Pp
With
.Fl o Ar csv
a command has the same columns whatever its rows are, and its titles also
without any: parts of an object are columns such as quiet.cash, a list is JSON
in one cell, and null is empty.
With
.Fl o Ar plain
every value is a line: its path such as 0.quiet.cash, a tab, and the text,
where a backslash, a tab and a line feed are written \e\e, \et and \en.
.Pp
A file that
.Fl Fl out
names is replaced when the new one is whole; it keeps its mode.
A pipe, a device or a descriptor such as /dev/fd/3 is written as it is, and
\- is standard output.
.Pp
The flags of every command are:
)";

constexpr std::string_view kSigningIn = R"(.Sh SIGNING IN
.Ic vaultctl login Ar NAME
asks for the password, and for the code of a second factor where one is set up,
and leaves a session in a file that only its owner can read.
Every command then runs as that user, in every terminal of the same system user,
until
.Ic vaultctl logout ,
12 hours after the sign\-in, or 30 minutes after the last command.
A session is for one control socket and one uid: its file is of no use to another
user of the machine.
A file that others can read, or that somebody else owns, is never used.
.Pp
Passwords and codes are typed unseen, or read from the file that a flag such as
.Fl Fl password\-file
names;
.Sq \-
is standard input.
One line feed at the end of the file is left out.
They never stand on the command line or in the environment.
Where a command needs the second factor anew, a terminal is asked for the code;
without a terminal the command ends with code 77.
.Pp
A robot, such as a job of
.Xr cron 8 ,
has a token of its own, which calls the methods that it was created for and none
that raises risk:
.Bd -literal -offset indent
vaultctl token create nightly \-\-methods 'report.*' \-\-out night.token
vaultctl \-\-token\-file night.token report pnl \-\-all \-o csv
.Ed
.Pp
The token holds for the uid that created it, and its file has to be of mode 0600.
.Fl Fl token\-file
or
.Ev VAULTCTL_TOKEN_FILE
goes before a session.
.Pp
Exit code 77 means that nobody is signed in, that the session has ended, that the
second factor is missing, or that the user may not do it; the code of the error,
AUTH_REQUIRED, MFA_REQUIRED or PERM_DENIED, tells which.
.Ic vaultctl whoami
tells who the daemon takes the caller for.
)";

constexpr std::string_view kApiKeys = R"(.Sh API KEYS
An exchange account trades with API keys that its owner made at the exchange.
.Ic vaultctl key add Fl Fl account Ar A
asks for key and secret and types neither back; without a terminal they come from
files:
.Bd -literal -offset indent
vaultctl key add \-\-account a1 \-\-api\-key\-file key \e
    \-\-secret\-file secret
.Ed
.Pp
They are kept sealed, and no command shows more of a key than its first and last
characters, or anything of a secret.
.Pp
The exchange is asked about each key when it is added, once a day, when it expires,
and by
.Ic vaultctl key validate :
whether it accepts the signature, and whether the key may query funds, may trade,
and may withdraw.
A key that can withdraw is refused: take that right from it at the exchange, or add
it with
.Fl Fl allow\-withdrawal\-permission ,
which is kept with your name.
Refused as well is a key of a real account that is here already under another id.
Bound addresses and expiry are noted, and two weeks ahead of the end there is an
alert.
.Pp
The states of a key:
.Bd -literal -offset indent
new          could not be asked about yet; not used
valid        used
degraded     used, but many of its last 32 calls failed
quarantined  not used, and there was an alert
retired      used for nothing new, for good
.Ed
.Pp
A new key is asked about again until the exchange answers.
A key is quarantined when it is refused three times in a row, and when a validation
finds a fault; it is used again once a validation finds none.
.Pp
.Ic vaultctl key rotate
puts a new key in the place of an old one.
The new one is validated first, and if it is refused, the old one stays.
Then vaults that were pinned to the old key are pinned to the new one, and the old
one is retired; no vault is without a key meanwhile.
.Ic vaultctl key remove
retires a key and destroys what was kept of it; delete it at the exchange, too.
.Pp
.Ic vaultctl key policy
says by which rule a vault picks a key for each call: round\-robin takes the keys of
its account in turn, health takes the one with the fewest errors and the most calls
left, and pinned takes one key or none.
.Pp
On paper, the key's text says how its validation ends: paper\-alice is a good key of
the pretended account alice, paper\-alice+key=2 another of it, and
paper\-alice+no\-trade one that may not trade; +bad\-signature, +wrong\-ip, +expired,
+expires=2027\-01\-01, +no\-funds, +withdraw, +ip\-restricted, +ip\-unknown, +slow,
+down, +rate\-limited and +maintenance are the others.
The secret is any text.
)";

constexpr std::string_view kFiles = R"(.Sh FILES
.Bl -tag -width Ds
.It Pa /run/vaultd/control.sock
the default control socket
.It Pa $XDG_RUNTIME_DIR/vaultctl/
the session of each control socket; without that variable in
.Pa /run/user/UID/vaultctl/ ,
else in
.Pa /tmp/vaultctl\-UID/
.El
)";

constexpr std::string_view kTail = R"(.Sh SEE ALSO
.Xr vaultd 8
)";

}  // namespace

std::string manual_page() {
    std::string out(kHead);
    out += global_section();
    out += kSigningIn;
    out += kApiKeys;
    out += ".Sh COMMANDS\n";
    for (const Method& command : catalogue())
        out += command_section(command);
    out +=
        ".Sh ENVIRONMENT\n.Bl -tag -width Ds\n"
        ".It Ev VAULTCTL_SOCKET\nthe control socket, unless\n.Fl Fl socket\nnames one; "
        "a relative path of either\nbegins at the current directory\n"
        ".It Ev VAULTCTL_TOKEN_FILE\nthe file of a robot's token, unless\n.Fl Fl token\\-file\n"
        "names one\n"
        ".It Ev XDG_RUNTIME_DIR\nwhere the folder of sessions is\n"
        ".It Ev NO_COLOR\nif not empty, no colour unless\n.Fl Fl color Ar always\nis given\n.El\n";
    out += kFiles;
    out += ".Sh EXIT STATUS\n.Bl -tag -width Ds\n";
    for (const protocol::ExitRow& row : protocol::kExitTable)
        out += fmt::format(".It {}\n{}\n", row.code, escaped(row.meaning));
    return out + ".El\n" + error_section() + std::string(kTail);
}

}  // namespace vault::command
