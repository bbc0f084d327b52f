#include "daemon/exchange/paper/key_validator.hpp"

#include "daemon/runtime/deadline.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace vault::exchange {
namespace {

namespace asio = boost::asio;

constexpr std::string_view kPrefix = "paper-";
constexpr std::size_t kLongestName = 64;
constexpr std::string_view kForm =
    "a paper key is paper-NAME, if wanted with suffixes such as +no-trade or +expires=2027-01-01";
constexpr UtcTime kExpiredAt{std::chrono::sys_days{std::chrono::year{2020} / 1 / 1}};

Error bad_key(std::string message) {
    return Error{Errc::InvalidParams, std::move(message), "api_key", std::string{kForm}};
}

enum class Says : std::uint8_t {
    Number,
    BadSignature,
    WrongIp,
    Expired,
    Expires,
    NoFunds,
    NoTrade,
    Withdraw,
    IpRestricted,
    IpUnknown,
    Slow,
    Down,
    RateLimited,
    Maintenance,
};

struct Suffix {
    std::string_view name;
    std::string_view subject;  // two suffixes with one subject contradict each other
    Says says;
    bool has_value = false;
};

constexpr std::array kSuffixes{
    Suffix{"key", "the key's number", Says::Number, true},
    Suffix{"bad-signature", "the signature", Says::BadSignature},
    Suffix{"wrong-ip", "the signature", Says::WrongIp},
    Suffix{"expired", "the expiry", Says::Expired},
    Suffix{"expires", "the expiry", Says::Expires, true},
    Suffix{"no-funds", "the right to query funds", Says::NoFunds},
    Suffix{"no-trade", "the right to trade", Says::NoTrade},
    Suffix{"withdraw", "the right to withdraw", Says::Withdraw},
    Suffix{"ip-restricted", "the IP restriction", Says::IpRestricted},
    Suffix{"ip-unknown", "the IP restriction", Says::IpUnknown},
    Suffix{"slow", "the time to answer", Says::Slow},
    Suffix{"down", "the answer", Says::Down},
    Suffix{"rate-limited", "the answer", Says::RateLimited},
    Suffix{"maintenance", "the answer", Says::Maintenance},
};

void refuse(PaperKey& key, std::string why) {
    key.findings.signature_accepted = false;
    key.findings.message = std::move(why);
}

void fail(PaperKey& key, Errc code, std::string message) {
    key.failure = Error{code, std::move(message), "exchange", "it is asked again after a while"};
}

bool is_number(std::string_view text) {
    return !text.empty() && text.size() <= 9 &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool set_expiry(PaperKey& key, std::string_view value) {
    const Result<UtcTime> time = parse_utc(value);
    if (time) key.findings.expires_at = time.value();
    return time.has_value();
}

// `value` is what follows '='. False: it is none of this suffix.
bool apply(PaperKey& key, Says says, std::string_view value) {
    ports::KeyFindings& found = key.findings;
    switch (says) {
        case Says::Number: return is_number(value);
        case Says::BadSignature: refuse(key, "invalid signature"); break;
        case Says::WrongIp: refuse(key, "the key is not valid from this address"); break;
        case Says::Expired:
            refuse(key, "the key has expired");
            found.expires_at = kExpiredAt;
            break;
        case Says::Expires: return set_expiry(key, value);
        case Says::NoFunds: found.rights.query_funds = false; break;
        case Says::NoTrade: found.rights.trade = false; break;
        case Says::Withdraw: found.rights.withdraw = true; break;
        case Says::IpRestricted: found.ip = ports::IpRestriction::Yes; break;
        case Says::IpUnknown: found.ip = ports::IpRestriction::Unknown; break;
        case Says::Slow: key.slow = true; break;
        case Says::Down: fail(key, Errc::Io, "the paper exchange cannot be reached"); break;
        case Says::RateLimited:
            fail(key, Errc::RateLimited, "the paper exchange says: too many calls");
            break;
        case Says::Maintenance:
            fail(key, Errc::NotReady, "the paper exchange is closed for maintenance");
            break;
    }
    return true;
}

std::string known_suffixes() {
    std::string names;
    for (const Suffix& suffix : kSuffixes)
        names += (names.empty() ? "+" : ", +") + std::string{suffix.name} +
                 (suffix.has_value ? "=…" : "");
    return names;
}

// Removes what precedes the next '+' from the front of `text`, and that.
std::string_view take_part(std::string_view& text) {
    const std::size_t plus = text.find('+');
    const std::string_view part = text.substr(0, plus);
    text = plus == std::string_view::npos ? std::string_view{} : text.substr(plus + 1);
    return part;
}

bool is_name(std::string_view text) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    };
    return !text.empty() && text.size() <= kLongestName && std::ranges::all_of(text, fits);
}

// `place`: 1 for the first suffix.
Result<void> apply_suffix(PaperKey& key, std::string_view text, int place,
                          std::set<std::string_view>& subjects) {
    const std::size_t equals = text.find('=');
    const bool has_value = equals != std::string_view::npos;
    const auto found = std::ranges::find(kSuffixes, text.substr(0, equals), &Suffix::name);
    if (found == kSuffixes.end() || found->has_value != has_value)
        return bad_key(
            fmt::format("suffix {} of the paper key is none of {}", place, known_suffixes()));
    if (!subjects.insert(found->subject).second)
        return bad_key(fmt::format("suffix {} of the paper key is the second one about {}", place,
                                   found->subject));
    const std::string_view value = has_value ? text.substr(equals + 1) : std::string_view{};
    if (apply(key, found->says, value)) return success();
    return bad_key(
        fmt::format("suffix {} of the paper key, +{}=…, has no such value", place, found->name));
}

asio::awaitable<Result<ports::KeyFindings>> answer_after(PaperKey key, Duration wait) {
    asio::steady_timer timer{co_await asio::this_coro::executor, wait};
    co_await timer.async_wait(asio::use_awaitable);
    if (key.failure) co_return std::move(*key.failure);
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(wait).count();
    key.findings.latency_us = static_cast<std::uint64_t>(us);
    co_return std::move(key.findings);
}

}  // namespace

Result<PaperKey> parse_paper_key(std::string_view text) {
    if (!text.starts_with(kPrefix)) return bad_key("this is no API key of a paper account");
    text.remove_prefix(kPrefix.size());
    const bool open_end = text.ends_with('+');
    const std::string_view name = take_part(text);
    if (!is_name(name))
        return bad_key("the name of a paper key is 1 to 64 letters, digits, '-' and '_'");
    PaperKey key;
    key.findings = {.signature_accepted = true,
                    .rights = {.query_funds = true, .trade = true, .withdraw = false},
                    .ip = ports::IpRestriction::No,
                    .account_identity = "paper:" + std::string{name}};
    std::set<std::string_view> subjects;
    for (int place = 1; !text.empty(); ++place) {
        VAULT_TRYV(apply_suffix(key, take_part(text), place, subjects));
    }
    if (open_end) return bad_key("the paper key ends with a '+' that no suffix follows");
    // Who is refused learns no more.
    if (!key.findings.signature_accepted) {
        key.findings.rights = {};
        key.findings.ip = ports::IpRestriction::Unknown;
        key.findings.account_identity.clear();
    }
    return key;
}

asio::awaitable<Result<ports::KeyFindings>> PaperKeyValidator::validate(std::string exchange,
                                                                        const Secret& key,
                                                                        const Secret& secret,
                                                                        Duration limit) {
    if (exchange != "paper")
        co_return Error{Errc::InvalidParams, "only keys of paper accounts are validated on paper",
                        "exchange", "this exchange is not connected"};
    if (secret.empty())
        co_return Error{Errc::InvalidParams, "the secret is empty", "api_secret",
                        "of a paper key it is any text"};
    VAULT_CO_TRY(PaperKey told, parse_paper_key(key.reveal()));
    const Duration wait = told.slow ? times_.slow : times_.answer;
    co_return co_await runtime::with_deadline(answer_after(std::move(told), wait), limit,
                                              "the validation of the API key");
}

}  // namespace vault::exchange
