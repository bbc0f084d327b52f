#pragma once
// Sessions: who is signed in. A session belongs to the uid that signed in and to no other, ends
// after 30 min without a call and after 12 h in any case, and gets a new token whenever its user
// shows the second factor anew. All in memory; what changed is taken by take_changes() for the
// store. Owned by the identity service, on the control thread; the time is passed in.
#include "common/base/time.hpp"
#include "daemon/identity/token.hpp"
#include "daemon/ports/identity_rows.hpp"

#include <map>
#include <set>
#include <variant>
#include <vector>

namespace vault::identity {

struct SessionLimits {
    Duration idle = std::chrono::minutes{30};
    Duration longest = std::chrono::hours{12};
    Duration fresh = std::chrono::minutes{5};  // how long a step-up counts
    Duration touch = std::chrono::minutes{1};  // a use is stored so often at most
    std::size_t most_per_user = 32;            // one more ends the one that was used longest ago
};

class Sessions {
  public:
    Sessions(Entropy& entropy, SessionLimits limits = {}) : entropy_(entropy), limits_(limits) {}

    // `first_id` is above every id that was ever given.
    void load(const std::vector<ports::SessionRow>& rows, ports::SessionId first_id);

    struct Opened {
        Secret token;
        ports::SessionRow row;
    };
    // `origin` is cut to 120 bytes. `second_factor`: it was shown along with the password.
    Opened open(UserId user, ports::PeerUid uid, std::string_view origin, bool second_factor,
                UtcTime now);

    // The session of this token, used now; the row is good until the next call that is not const.
    using Found = std::variant<const ports::SessionRow*, TokenFault>;
    Found find(std::string_view token, ports::PeerUid uid, UtcTime now);

    // The second factor was shown: the session goes on with the token that is returned, and the one
    // before it is worth nothing. The session must exist.
    Secret step_up(ports::SessionId id, UtcTime now);
    bool is_fresh(const ports::SessionRow& row, UtcTime now) const;

    std::vector<ports::SessionRow> list(UserId user, UtcTime now);  // oldest first
    // False if there is none, or it is not this user's.
    bool revoke(UserId user, ports::SessionId id);
    // After a change of password, role or second factor, or when the user is disabled. How many.
    std::size_t revoke_all(UserId user, std::optional<ports::SessionId> but = std::nullopt);
    void expire(UtcTime now);

    struct Changes {
        std::vector<ports::SessionRow> put;
        std::vector<ports::SessionId> gone;
    };
    Changes take_changes();

    std::size_t size() const { return sessions_.size(); }

  private:
    struct Held {
        ports::SessionRow row;
        UtcTime stored_use{};
    };
    using Table = std::map<ports::SessionId, Held>;

    std::optional<TokenFault> ended(const ports::SessionRow& row, UtcTime now) const;
    void make_room(UserId user);
    Table::iterator drop(Table::iterator at);

    Entropy& entropy_;
    SessionLimits limits_;
    Table sessions_;
    std::map<Digest, ports::SessionId> by_token_;
    std::set<ports::SessionId> changed_;
    ports::SessionId next_{1};
};

}  // namespace vault::identity
