#pragma once
// Throttle: how often passwords and codes may be tried. Five tries on an account are free, then
// each waits twice as long as the one before, 30 s to 15 min, counted per uid: a guesser delays
// itself, not the user who sits elsewhere. Over a day an account takes at most 100 checks that do
// not succeed, of which one uid gets at most 40 and all uids that never signed in to it 60, so that
// a user's own uid always finds some left. A uid gets 20 checks a minute in all. A try that has to
// wait is not a check, prolongs nothing, and nothing locks for good. A check is counted when it is
// admitted, before its outcome is known, so that many at once gain nothing. Accounts that do not
// exist are throttled like those that do. Owned by the identity service, on the control thread; the
// time is passed in; cannot fail. Figures: reference/reliability.md, 6.
#include "common/base/time.hpp"
#include "daemon/ports/identity_rows.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vault::identity {

struct ThrottleLimits {
    std::uint32_t free_tries = 5;
    Duration first_delay = std::chrono::seconds{30};
    Duration longest_delay = std::chrono::minutes{15};
    std::size_t checks_per_minute = 20;  // of one uid, on all accounts
    std::size_t checks_per_day = 100;    // of one account
    std::size_t strangers_per_day = 60;  // of these, by uids that never signed in to it
    std::size_t uid_per_day = 40;        // of these, by one uid
    Duration known_for = std::chrono::hours{24 * 90};
};

class Throttle {
  public:
    explicit Throttle(ThrottleLimits limits = {}) : limits_(limits) {}

    // None: checked now, and counted. Else how long to wait at least. `account` is the name as
    // typed, or "mfa:<user>" and the like for another kind of secret; cut to 80 bytes.
    std::optional<Duration> admit(std::string_view account, ports::PeerUid uid, UtcTime now);
    // The check that was admitted last for these succeeded: it counts no more.
    void succeeded(std::string_view account, ports::PeerUid uid, UtcTime now);
    // It was never made, for want of a thread or memory.
    void give_back(std::string_view account, ports::PeerUid uid);

    // What is to be stored of one try.
    std::optional<ports::AttemptRow> row(std::string_view account, ports::PeerUid uid) const;
    // For the store; what is older than it matters is left out.
    std::vector<ports::AttemptRow> rows(UtcTime now) const;
    // Tries that are known here stay: they are newer, and the store may have lost them.
    void load(const std::vector<ports::AttemptRow>& rows);

    std::size_t size() const { return attempts_.size(); }

  private:
    using Key = std::pair<std::string, ports::PeerUid>;
    struct Attempts {
        std::deque<UtcTime> checks;  // of the last day
        std::uint32_t failures = 0;
        UtcTime last_at{};
        std::optional<UtcTime> succeeded_at;
    };

    static ports::AttemptRow to_row(const Key& key, const Attempts& attempts);
    Duration delay_after(std::uint32_t failures) const;
    bool is_known(const Attempts& attempts, UtcTime now) const;
    Duration wait_of_uid(ports::PeerUid uid, UtcTime now);
    Duration wait_of_account(const Key& key, UtcTime now);
    void forget(Attempts& attempts, UtcTime now) const;
    void sweep(UtcTime now);
    Attempts* find(std::string_view account, ports::PeerUid uid);

    ThrottleLimits limits_;
    std::map<Key, Attempts> attempts_;
    std::map<ports::PeerUid, std::deque<UtcTime>> by_uid_;
    UtcTime swept_at_{};
};

}  // namespace vault::identity
