#pragma once
// Identities and the small closed enums that every room speaks. Ids are dense numbers given by the
// daemon; their text is a letter and the number ("u1", "a1", "v1", "j1"; "k1" an API key, "n1" an
// alert, "s1" a session, "t1" a token), an order's is
// "<vault>.<sleeve>.<n>" with n the sleeve's intent number: a pure function, so two runs agree.
// Values; any thread.
#include "common/base/result.hpp"
#include "common/base/strong.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace vault {

using UserId = Strong<std::uint32_t, struct UserIdTag>;
using AccountId = Strong<std::uint32_t, struct AccountIdTag>;
using VaultId = Strong<std::uint32_t, struct VaultIdTag>;
using JobId = Strong<std::uint32_t, struct JobIdTag>;
using ApiKeyId = Strong<std::uint32_t, struct ApiKeyIdTag>;
using AlertId = Strong<std::uint32_t, struct AlertIdTag>;
using SessionId = Strong<std::uint64_t, struct SessionIdTag>;
using TokenId = Strong<std::uint64_t, struct TokenIdTag>;
using ShardId = Strong<std::uint32_t, struct ShardIdTag>;
using BatchNo = Strong<std::uint64_t, struct BatchNoTag>;  // 1, 2, 3 … per shard

enum class SleeveKind : std::uint8_t { Quiet, Flash };
inline constexpr std::array<SleeveKind, 2> kSleeveKinds{SleeveKind::Quiet, SleeveKind::Flash};
constexpr std::size_t index_of(SleeveKind kind) {
    return static_cast<std::size_t>(kind);
}

enum class Mode : std::uint8_t { Paper, Validate, Live };
enum class Side : std::uint8_t { Buy, Sell };
enum class Role : std::uint8_t { Admin, Moderator, Member, Auditor };
enum class UserStatus : std::uint8_t {
    Pending,   // registered, waits for approval
    Active,    //
    Disabled,  // by an admin; can be enabled again
};

struct OrderId {
    VaultId vault;
    SleeveKind sleeve = SleeveKind::Quiet;
    std::uint32_t number = 0;  // from 1
    friend bool operator==(const OrderId&, const OrderId&) = default;
    friend auto operator<=>(const OrderId&, const OrderId&) = default;
};

std::string to_text(UserId id);
std::string to_text(AccountId id);
std::string to_text(VaultId id);
std::string to_text(JobId id);
std::string to_text(ApiKeyId id);
std::string to_text(AlertId id);
std::string to_text(SessionId id);
std::string to_text(TokenId id);
std::string to_text(const OrderId& id);
std::string_view to_text(SleeveKind kind);
std::string_view to_text(Mode mode);
std::string_view to_text(Side side);
std::string_view to_text(Role role);
std::string_view to_text(UserStatus status);

// Errors: InvalidParams with the accepted forms in the hint.
Result<UserId> parse_user_id(std::string_view text);
Result<AccountId> parse_account_id(std::string_view text);
Result<VaultId> parse_vault_id(std::string_view text);
Result<JobId> parse_job_id(std::string_view text);
Result<ApiKeyId> parse_api_key_id(std::string_view text);
Result<AlertId> parse_alert_id(std::string_view text);
Result<SessionId> parse_session_id(std::string_view text);
Result<TokenId> parse_token_id(std::string_view text);
Result<OrderId> parse_order_id(std::string_view text);
Result<SleeveKind> parse_sleeve_kind(std::string_view text);
Result<Mode> parse_mode(std::string_view text);
Result<Side> parse_side(std::string_view text);
Result<Role> parse_role(std::string_view text);
Result<UserStatus> parse_user_status(std::string_view text);

}  // namespace vault
