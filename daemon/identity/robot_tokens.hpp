#pragma once
// RobotTokens: what cron and scripts sign in with. A token calls only the methods that its patterns
// cover, on behalf of its user and from its uid, so many times a minute, until a day; it can be
// revoked at any time, and never raises risk (common/protocol/permissions.hpp). What makes or
// revokes one only proposes it: it counts once it is durable and adopted. Uses count at once, and
// are taken by take_changes() for the store whenever that suits. Owned by the identity service, on
// the control thread; the time is passed in.
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
    void load(const std::vector<ports::RobotTokenRow>& rows, TokenId first_id);

    struct Made {
        Secret token;
        ports::RobotTokenRow row;
    };
    // Errors: InvalidParams with the field (methods, rate, expires), Exists if the user has as many
    // as one may.
    Result<Made> create(const TokenWish& wish, UtcTime now);
    // What is durable: rows of create() and revoked().
    void adopt(const std::vector<ports::RobotTokenRow>& rows);

    // One call of `method` with this token, counted against its rate.
    using Found = std::variant<const ports::RobotTokenRow*, TokenFault>;
    Found use(std::string_view token, ports::PeerUid uid, std::string_view method, UtcTime now);

    // The token, if it is in force for this uid, whatever its scope and rate.
    const ports::RobotTokenRow* known(std::string_view token, ports::PeerUid uid,
                                      UtcTime now) const;

    const ports::RobotTokenRow* by_id(TokenId id, UtcTime now) const;  // null: not in force

    std::vector<ports::RobotTokenRow> list(UserId user) const;  // revoked and expired ones too
    // The row as it is once it is revoked; none if the user has no such token in force.
    std::optional<ports::RobotTokenRow> revoked(UserId user, TokenId id, UtcTime now) const;

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
    std::map<TokenId, Held> tokens_;
    std::map<Digest, TokenId> by_token_;
    std::set<TokenId> changed_;
    TokenId next_{1};
};

}  // namespace vault::identity
