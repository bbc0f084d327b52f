#pragma once
// The one table of control methods. Parser, help, man page, argument checks, `api.describe` and the
// rights policy all read it; nobody keeps a second list. A row says what a method is called on the
// wire and on the command line, its parameters, the object, right and risk class it needs, whether
// it mutates, and whether it may use the reserved lane. Constant data; any thread; cannot fail.
#include <cstdint>
#include <span>
#include <string_view>

namespace vault::protocol {

enum class ParamType : std::uint8_t {
    Text,     // 1 to 1000 characters, valid UTF-8, no control characters
    Decimal,  // a decimal string; `allowed` may add words such as "off"
    Integer,  // a JSON integer within [low, high]
    Bool,
    Time,      // RFC 3339 UTC text
    Duration,  // "30s", "8h", "1d12h"
    Enum,      // one of `allowed`
    Asset,     // "USDT"
    Pair,      // "ETH/USDT"
    Map,       // an object of text to text
    Json,      // anything; only hello
};

enum class Sign : std::uint8_t { Any, NonNegative, Positive };

// Where a parameter stands on the command line.
enum class Place : std::uint8_t { Positional, Flag, Hidden };

struct Param {
    std::string_view name;  // snake_case on the wire; the flag is the same word with dashes
    ParamType type = ParamType::Text;
    std::string_view doc{};
    std::string_view allowed{};  // words separated by '|'
    Place place = Place::Flag;
    bool required = false;
    bool repeated = false;  // a JSON array on the wire, a repeatable flag or the rest of the words
    bool path = false;      // a file; vaultctl makes it absolute
    bool content = false;   // a file on the command line; vaultctl sends what is in it
    // A password, a code: in no error, log, example or audit row, and never on a command line:
    // vaultctl asks for it or reads the file of `--NAME-file`. 1 to 1024 bytes of text.
    bool secret = false;
    bool blank = false;  // empty text is the same as none: what lowers risk is not refused for it
    char letter = '\0';  // of the flag's short form, "-f"
    Sign sign = Sign::Any;
    std::int64_t low = INT64_MIN;
    std::int64_t high = INT64_MAX;

    // First, because Clang wants its body before it evaluates the rows that use it.
    template <class T>
    constexpr Param with(T Param::*member, T value) const {
        Param copy = *this;
        copy.*member = value;
        return copy;
    }
    constexpr Param among(std::string_view words) const { return with(&Param::allowed, words); }
    constexpr Param need() const { return with(&Param::required, true); }
    constexpr Param many() const { return with(&Param::repeated, true); }
    constexpr Param file() const { return with(&Param::path, true); }
    constexpr Param contents() const { return with(&Param::content, true); }
    constexpr Param kept_secret() const { return with(&Param::secret, true); }
    constexpr Param may_be_blank() const { return with(&Param::blank, true); }
    constexpr Param positive() const { return with(&Param::sign, Sign::Positive); }
    constexpr Param not_negative() const { return with(&Param::sign, Sign::NonNegative); }
    constexpr Param hidden() const { return with(&Param::place, Place::Hidden); }
    constexpr Param within(std::int64_t least, std::int64_t most) const {
        return with(&Param::low, least).with(&Param::high, most);
    }
};

enum class Object : std::uint8_t {
    Daemon,
    User,
    Session,
    Token,   // of a robot
    Factor,  // the second one of a sign-in
    Account,
    Key,  // to an exchange
    Vault,
    Sleeve,
    Position,
    Preset,
    Market,
    Replay,
    Job,
    Ledger,
    Decision,
    Order,
    Trade,
    Sweep,
    Report,
    Audit,
};
// Who may, before ownership is looked at (permissions.hpp). Trade to Live also need the word in the
// user's permission list; Session, Self and Moderate are about users themselves.
enum class Right : std::uint8_t {
    Read,
    Trade,
    Allocate,
    Keys,
    Reports,
    Live,
    Admin,
    Open,      // whoever can connect, signed in or not
    Session,   // one's own sessions: every role
    Self,      // one's own password, second factor and tokens: every role but auditor
    Moderate,  // to other users: admins, and moderators to members
    Audit,     // reads of the audit trail: every role but member
};
enum class Risk : std::uint8_t { Lowers, Neutral, Raises };

struct Method {
    std::string_view name;     // "vault.set_tradeable"
    std::string_view summary;  // one line, no full stop
    std::string_view noun;     // "" for a top-level command
    std::string_view verb;     // "set-tradeable"; "" if the command line has no such command
    std::span<const Param> params{};
    Object object = Object::Daemon;
    Right right = Right::Read;
    Risk risk = Risk::Neutral;
    bool mutates = false;   // carries idem_key and dry_run
    bool reserved = false;  // gets through when everything else is saturated
    bool long_job = false;  // answers at once; --wait follows it
    // Beside its owner: an admin to any user's object, and a moderator to a member's.
    bool moderated = false;
    // Names no object: of everybody for an admin, of the caller alone for anyone else.
    bool sweeping = false;
    bool own_if_unnamed = false;  // names no object: of the caller alone, whoever that is
    bool bootstrap = false;       // root and the daemon's own user may, until there is an admin
    // What --quiet prints: a field of the result; "pairs.pair" a field of the objects in a field,
    // "vault sleeve" two fields on a line.
    std::string_view primary{};
    std::span<const std::string_view> examples{};
    std::string_view detail{};  // paragraph for help and manual
};

std::span<const Method> methods();
// Null if there is no such method.
const Method* find_method(std::string_view name);
const Method* find_command(std::string_view noun, std::string_view verb);
const Param* find_param(const Method& method, std::string_view name);
// True if `word` is one of the '|'-separated words of `allowed`.
bool is_allowed(std::string_view allowed, std::string_view word);

std::string_view to_text(ParamType type);
std::string_view to_text(Place place);
std::string_view to_text(Object object);
std::string_view to_text(Right right);
std::string_view to_text(Risk risk);

}  // namespace vault::protocol
