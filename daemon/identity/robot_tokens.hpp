#pragma once
// RobotTokens: what cron and scripts sign in with. A token calls only the methods that its patterns
// cover, on behalf of its user and from its uid, so many times a minute, until a day; it can be
// revoked at any time, and never raises risk (common/protocol/permissions.hpp). All in memory; what
// changed is taken by take_changes() for the store. Owned by the identity service, on the control
// thread; the time is passed in.
#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "daemon/identity/token.hpp"
#include "daemon/ports/identity_rows.hpp"

#include <map>
#include <set>
#include <variant>
#include <vector>

namespace vault::identity {

inline constexpr std::uint32_t kMostCallsPerMinute = 600;
inline constexpr Duration kLongestTokenLife = std::chrono::hours{24 * 366};
inline constexpr std::size_t kMostTokensPerUser = 32;  // that are neither revoked nor expired

// "report.*" covers every method of the noun, "vault.show" that one, "status" a top-level one.
// Errors: InvalidParams, field "methods": there is no pattern for everything.
Result<void> check_pattern(std::string_view pattern);
bool covers(const std::vector<std::string>& patterns, std::string_view method);

struct TokenWish {
    UserId user;
    ports::PeerUid uid = 0;
    std::string label;
    std::vector<std::string> patterns;
    std::uint32_t calls_per_minute = 10;
    Duration life = std::chrono::hours{24 * 90};
};

class RobotTokens {
  public:
    explicit RobotTokens(Entropy& entropy) : entropy_(entropy) {}

    // `first_id` is above every id that was ever given.
    void load(const std::vector<ports::RobotTokenRow>& rows, ports::TokenId first_id);

    struct Made {
        Secret token;
        ports::RobotTokenRow row;
    };
    // Errors: InvalidParams with the field (methods, rate, expires), Exists if the user has as many
    // as one may.
    Result<Made> create(const TokenWish& wish, UtcTime now);

    // One call of `method` with this token, counted against its rate.
    using Found = std::variant<const ports::RobotTokenRow*, TokenFault>;
    Found use(std::string_view token, ports::PeerUid uid, std::string_view method, UtcTime now);

    std::vector<ports::RobotTokenRow> list(UserId user) const;  // revoked and expired ones too
    // False if there is none of this user that is in force.
    bool revoke(UserId user, ports::TokenId id, UtcTime now);
    // When the user is disabled, or the role changes. How many.
    std::size_t revoke_all(UserId user, UtcTime now);

    std::vector<ports::RobotTokenRow> take_changes();

  private:
    struct Held {
        ports::RobotTokenRow row;
        UtcTime stored_use{};
        UtcTime full_at{};  // when the bucket of its calls is full again
    };

    std::optional<TokenFault> fault_of(const Held& held, ports::PeerUid uid,
                                       std::string_view method, UtcTime now) const;

    Entropy& entropy_;
    std::map<ports::TokenId, Held> tokens_;
    std::map<Digest, ports::TokenId> by_token_;
    std::set<ports::TokenId> changed_;
    ports::TokenId next_{1};
};

}  // namespace vault::identity
