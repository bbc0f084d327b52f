#include "common/domain/ids.hpp"

#include "common/base/excerpt.hpp"

#include <fmt/format.h>

#include <charconv>

namespace vault {
namespace {

template <class Id>
Result<Id> parse_numbered(std::string_view text, char letter, const char* what) {
    decltype(Id::value) number = 0;
    if (text.size() >= 2 && text.front() == letter && text[1] != '0') {
        const char* const end = text.data() + text.size();
        const auto [at, status] = std::from_chars(text.data() + 1, end, number);
        if (status == std::errc{} && at == end) return Id{number};
    }
    return Error{Errc::InvalidParams,
                 fmt::format("'{}' is not {} id", excerpt(text, 40), what),
                 {},
                 fmt::format("ids look like {}1", letter)};
}

template <class Enum, std::size_t N>
Result<Enum> parse_name(std::string_view text, const std::array<Enum, N>& all, const char* what) {
    std::string names;
    for (const Enum value : all) {
        if (to_text(value) == text) return value;
        if (!names.empty()) names += ", ";
        names += to_text(value);
    }
    return Error{Errc::InvalidParams,
                 fmt::format("'{}' is not a {}", excerpt(text, 40), what),
                 {},
                 fmt::format("one of: {}", names)};
}

}  // namespace

std::string to_text(UserId id) {
    return fmt::format("u{}", id.value);
}
std::string to_text(AccountId id) {
    return fmt::format("a{}", id.value);
}
std::string to_text(VaultId id) {
    return fmt::format("v{}", id.value);
}
std::string to_text(JobId id) {
    return fmt::format("j{}", id.value);
}
std::string to_text(ApiKeyId id) {
    return fmt::format("k{}", id.value);
}
std::string to_text(AlertId id) {
    return fmt::format("n{}", id.value);
}
std::string to_text(SessionId id) {
    return fmt::format("s{}", id.value);
}
std::string to_text(TokenId id) {
    return fmt::format("t{}", id.value);
}
std::string to_text(const OrderId& id) {
    return fmt::format("v{}.{}.{}", id.vault.value, to_text(id.sleeve), id.number);
}

std::string_view to_text(SleeveKind kind) {
    switch (kind) {
        case SleeveKind::Quiet: return "quiet";
        case SleeveKind::Flash: return "flash";
    }
    return "";
}

std::string_view to_text(Mode mode) {
    switch (mode) {
        case Mode::Paper: return "paper";
        case Mode::Validate: return "validate";
        case Mode::Live: return "live";
    }
    return "";
}

std::string_view to_text(Side side) {
    switch (side) {
        case Side::Buy: return "buy";
        case Side::Sell: return "sell";
    }
    return "";
}

std::string_view to_text(Role role) {
    switch (role) {
        case Role::Admin: return "admin";
        case Role::Moderator: return "moderator";
        case Role::Member: return "member";
        case Role::Auditor: return "auditor";
    }
    return "";
}

std::string_view to_text(UserStatus status) {
    switch (status) {
        case UserStatus::Pending: return "pending";
        case UserStatus::Active: return "active";
        case UserStatus::Disabled: return "disabled";
    }
    return "";
}

Result<UserId> parse_user_id(std::string_view text) {
    return parse_numbered<UserId>(text, 'u', "a user");
}
Result<AccountId> parse_account_id(std::string_view text) {
    return parse_numbered<AccountId>(text, 'a', "an account");
}
Result<VaultId> parse_vault_id(std::string_view text) {
    return parse_numbered<VaultId>(text, 'v', "a vault");
}

Result<JobId> parse_job_id(std::string_view text) {
    return parse_numbered<JobId>(text, 'j', "a job");
}

Result<ApiKeyId> parse_api_key_id(std::string_view text) {
    return parse_numbered<ApiKeyId>(text, 'k', "an API key");
}
Result<AlertId> parse_alert_id(std::string_view text) {
    return parse_numbered<AlertId>(text, 'n', "an alert");
}

Result<SessionId> parse_session_id(std::string_view text) {
    return parse_numbered<SessionId>(text, 's', "a session");
}

Result<TokenId> parse_token_id(std::string_view text) {
    return parse_numbered<TokenId>(text, 't', "a token");
}

Result<OrderId> parse_order_id(std::string_view text) {
    const Error wrong{Errc::InvalidParams,
                      fmt::format("'{}' is not an order id", excerpt(text, 40)),
                      {},
                      "ids look like v1.flash.12"};
    const std::size_t first = text.find('.');
    const std::size_t last = text.rfind('.');
    if (first == std::string_view::npos || first == last) return wrong;
    const auto vault = parse_vault_id(text.substr(0, first));
    const auto sleeve = parse_sleeve_kind(text.substr(first + 1, last - first - 1));
    const auto number = parse_numbered<VaultId>(fmt::format("v{}", text.substr(last + 1)), 'v', "");
    if (!vault || !sleeve || !number) return wrong;
    return OrderId{vault.value(), sleeve.value(), number.value().value};
}

Result<SleeveKind> parse_sleeve_kind(std::string_view text) {
    return parse_name(text, kSleeveKinds, "sleeve");
}
Result<Mode> parse_mode(std::string_view text) {
    return parse_name(text, std::array{Mode::Paper, Mode::Validate, Mode::Live}, "mode");
}
Result<Side> parse_side(std::string_view text) {
    return parse_name(text, std::array{Side::Buy, Side::Sell}, "side");
}
Result<Role> parse_role(std::string_view text) {
    return parse_name(text, std::array{Role::Admin, Role::Moderator, Role::Member, Role::Auditor},
                      "role");
}
Result<UserStatus> parse_user_status(std::string_view text) {
    return parse_name(
        text, std::array{UserStatus::Pending, UserStatus::Active, UserStatus::Disabled}, "status");
}

}  // namespace vault
