#include "daemon/exchange/kraken/key_validator.hpp"

#include "daemon/exchange/kraken/json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::exchange::kraken {
namespace {

namespace asio = boost::asio;
using ports::IpRestriction;
using ports::KeyFindings;
using ports::KeyRights;

constexpr std::int64_t kLastSecond = 253'402'300'799;  // of the year 9999

// A member by the exchange's name or by that of the documents.
const Member* find_either(const std::vector<Member>& members, std::string_view snake,
                          std::string_view camel) {
    const Member* const found = find_member(members, snake);
    return found != nullptr ? found : find_member(members, camel);
}

bool moves_money(std::string_view right) {
    return right.find("withdraw") != std::string_view::npos ||
           right.find("transfer") != std::string_view::npos;
}

Result<KeyRights> read_rights(const std::vector<Member>& members) {
    VAULT_TRY(const std::string_view list, member_of(members, "permissions"));
    VAULT_TRY(const auto items, items_of(list));
    std::vector<std::string> rights;
    for (const std::string_view each : items) {
        if (!each.starts_with('"')) return odd_answer("a right of the key is no text");
        VAULT_TRY(std::string right, string_of(each));
        if (right.empty()) return odd_answer("a right of the key has no name");
        rights.push_back(std::move(right));
    }
    const auto has = [&](std::string_view right) {
        return std::ranges::find(rights, right) != rights.end();
    };
    return KeyRights{.query_funds = has("query-funds"),
                     .trade = has("modify-trades") && has("close-trades") &&
                              has("query-open-trades") && has("query-closed-trades"),
                     .withdraw = std::ranges::any_of(rights, moves_money)};
}

IpRestriction read_ip(const std::vector<Member>& members) {
    const Member* const list = find_either(members, "ip_allowlist", "ipAllowlist");
    if (list == nullptr) return IpRestriction::Unknown;
    if (is_null(list->value)) return IpRestriction::No;
    const auto items = items_of(list->value);
    if (!items) return IpRestriction::Unknown;
    const auto is_address = [](std::string_view item) { return item != "\"\"" && !is_null(item); };
    return std::ranges::any_of(items.value(), is_address) ? IpRestriction::Yes : IpRestriction::No;
}

Result<std::optional<UtcTime>> read_expiry(const std::vector<Member>& members) {
    const Member* const found = find_either(members, "valid_until", "validUntil");
    if (found == nullptr || is_null(found->value) || found->value == "\"\"")
        return std::optional<UtcTime>{};
    VAULT_TRY(const std::int64_t seconds, integer_of(found->value, 0, kLastSecond));
    if (seconds == 0) return std::optional<UtcTime>{};
    return std::optional{UtcTime{std::chrono::seconds{seconds}}};
}

Result<std::string> read_identity(const std::vector<Member>& members) {
    const Member* const iban = find_member(members, "iban");
    if (iban == nullptr || is_null(iban->value)) return std::string{};
    VAULT_TRY(const std::string text, string_of(iban->value));
    return text.empty() ? std::string{} : "kraken:" + text;
}

// An answer that came twice may be taken for that of the next call. A key that is shown in part is
// no proof of another one.
Result<void> check_key(const std::vector<Member>& members, const Secret& key) {
    const Member* const found = find_either(members, "api_key", "apiKey");
    if (found == nullptr || is_null(found->value)) return success();
    VAULT_TRY(const std::string told, string_of(found->value));
    if (told.size() == key.size() && told != key.reveal())
        return odd_answer("it is about another key");
    return success();
}

// Kraken knows no such key, or not with this secret, or does not let it in from here.
KeyFindings refused(const std::string& words) {
    KeyFindings out;
    out.message = words;
    return out;
}

// That a field of a request is wrong is said of the caller's only if it is the caller's.
bool is_about_the_text(const Error& error) {
    return error.code() == Errc::InvalidParams &&
           (error.field() == ports::kApiKeyField || error.field() == ports::kApiSecretField);
}

Result<KeyFindings> findings_of(const CallFailure& failure) {
    const Error& error = failure.error();
    const Errc code = error.code();
    if (code == Errc::KeyRefused || code == Errc::PermissionDenied) return refused(failure.words());
    if (code == Errc::RateLimited || code == Errc::Io || code == Errc::Expired) return error;
    if (is_about_the_text(error)) return error;
    return Error{Errc::NotReady, error.message(), "exchange", error.hint()};
}

}  // namespace

Result<KeyFindings> read_key_info(std::string_view result, const Secret& key) {
    VAULT_TRY(const std::vector<Member> members, members_of(result));
    VAULT_TRYV(check_key(members, key));
    KeyFindings out;
    out.signature_accepted = true;
    VAULT_TRY(out.rights, read_rights(members));
    VAULT_TRY(out.expires_at, read_expiry(members));
    VAULT_TRY(out.account_identity, read_identity(members));
    out.ip = read_ip(members);
    return out;
}

asio::awaitable<Result<KeyFindings>> KrakenKeyValidator::validate(std::string exchange,
                                                                  const Secret& key,
                                                                  const Secret& secret,
                                                                  Duration limit) {
    if (exchange != "kraken")
        co_return Error{Errc::InvalidParams, "only keys of Kraken are validated there", "exchange",
                        "this exchange is not connected"};
    auto asking = rest_.call_private("GetApiKeyInfo", Fields{}, key, secret, limit);
    const CallResult got = co_await std::move(asking);
    if (!got) co_return findings_of(got.error());
    VAULT_CO_TRY(KeyFindings found, read_key_info(got.value().result, key));
    found.latency_us = got.value().latency_us;
    co_return found;
}

}  // namespace vault::exchange::kraken
