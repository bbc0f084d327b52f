#pragma once
// Sessions: who is signed in. A session belongs to the uid that signed in and to no other, ends
// after 30 min without a call and after 12 h in any case, and gets a new token whenever its user
// shows the second factor anew. What makes or renews a session only proposes it: it counts once it
// is durable and adopted. Uses and ends count at once, and are taken by take_changes() for the
// store whenever that suits. Owned by the identity service, on the control thread; the time is
// passed in.
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
    void load(const std::vector<ports::SessionRow>& rows, SessionId first_id);

    struct Proposed {
        Secret token;
        ports::SessionRow row;
        std::vector<SessionId> gone{};  // that make room for it
    };
    // `origin` is cut to 120 bytes. `second_factor`: it was shown along with the password.
    Proposed open(UserId user, ports::PeerUid uid, std::string_view origin, bool second_factor,
                  UtcTime now);
    // The second factor was shown: the session goes on with another token, and the one before it is
    // worth nothing.
    Proposed step_up(const ports::SessionRow& row, UtcTime now);
    // What is durable: rows of open() and step_up(), and ids that ended.
    void adopt(const std::vector<ports::SessionRow>& rows, const std::vector<SessionId>& gone);

    // The session of this token, used now; the row is good until the next call that is not const.
    using Found = std::variant<const ports::SessionRow*, TokenFault>;
    Found find(std::string_view token, ports::PeerUid uid, UtcTime now);

    // The same for a call that goes on. Null if it has ended.
    const ports::SessionRow* use(SessionId id, UtcTime now);
    bool is_fresh(const ports::SessionRow& row, UtcTime now) const;

    const SessionLimits& limits() const { return limits_; }
    std::vector<ports::SessionRow> list(UserId user, UtcTime now) const;  // oldest first
    // The ids that end after a change of password or second factor.
    std::vector<SessionId> of(UserId user, std::optional<SessionId> but = std::nullopt) const;
    bool belongs(SessionId id, UserId user) const;
    void end_all(UserId user);  // at once: the user is disabled
    void expire(UtcTime now);

    struct Changes {
        std::vector<ports::SessionRow> put;
        std::vector<SessionId> gone;
    };
    Changes take_changes();

    std::size_t size() const { return sessions_.size(); }

  private:
    struct Held {
        ports::SessionRow row;
        UtcTime stored_use{};
    };
    using Table = std::map<SessionId, Held>;

    std::optional<TokenFault> ended(const ports::SessionRow& row, UtcTime now) const;
    std::vector<SessionId> room_for_one_more(UserId user, UtcTime now) const;
    void touch(Held& held, UtcTime now);
    Table::iterator erase(Table::iterator at);
    Table::iterator drop(Table::iterator at);  // the store is yet to learn it

    Entropy& entropy_;
    SessionLimits limits_;
    Table sessions_;
    std::map<Digest, SessionId> by_token_;
    std::set<SessionId> changed_;
    SessionId next_{1};
};

}  // namespace vault::identity
