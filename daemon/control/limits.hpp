#pragma once
// Who gets in: token buckets per uid for calls, and seats for connections. Plain bookkeeping on the
// control thread; no clock of its own; cannot fail.
#include "common/base/clock.hpp"
#include "common/domain/ids.hpp"
#include "daemon/control/options.hpp"

#include <map>
#include <sys/types.h>

namespace vault::control {

// A uid's calls go into one bucket, which all of its connections may use up. Beside others each of
// them also has a share of its own, of the rate and the burst by their number. What a connection
// has earned of it is granted whatever the others took, so that one that calls without end does not
// keep out another program of the same user; a newcomer is lent a second's worth, but not past
// twice the burst of all. What is granted counts in the bucket, so all together keep to the rate,
// and who connects again and again gets no more.
class TokenBuckets {
  public:
    // One connection's share of its uid's calls; not past the buckets' life.
    class Share {
      public:
        Share(TokenBuckets& buckets, uid_t uid, SteadyTime now)
            : buckets_(buckets), uid_(uid), full_at_(now + buckets.depth_) {
            ++buckets_.sharers_[uid_];
        }
        ~Share() { buckets_.leave(uid_); }
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;
        // Takes one token. none: granted; else how long until there is one.
        std::optional<Duration> take(SteadyTime now) { return buckets_.take(uid_, full_at_, now); }

      private:
        TokenBuckets& buckets_;
        uid_t uid_;
        SteadyTime full_at_;  // it begins with nothing
    };

    TokenBuckets(std::uint32_t per_second, std::uint32_t burst);
    // What was used up so far counts under the new rate too.
    void configure(std::uint32_t per_second, std::uint32_t burst);

  private:
    // Of a bucket the one number that it needs: when it will be full again.
    std::optional<Duration> take(uid_t uid, SteadyTime& share, SteadyTime now);
    void leave(uid_t uid);

    SteadyTime per_token_{};
    SteadyTime depth_{};
    std::map<uid_t, SteadyTime> full_at_;
    std::map<uid_t, int> sharers_;
};

// One connection's bound on the reserved methods that change nothing: a second's worth at once and
// then so many a second, for each of them costs the shard a turn. `pause` and `halt` are not
// counted. More than anybody needs who looks by hand or from a script.
class ReservedReads {
  public:
    // Takes one read at the rate of `options`, which may change from call to call. none: granted;
    // else how long until there is one.
    std::optional<Duration> take(SteadyTime now, const Options& options);
    // Reads a second of a connection: never less than its user's calls.
    static std::uint32_t rate(const Options& options);

  private:
    SteadyTime full_at_{};  // when a whole second's worth is there again
};

enum class Seat : std::uint8_t {
    Normal,
    Reserved,  // past the limits: reserved methods only, for a short time
    None,      // full: told so and closed
};

class Seats {
  public:
    explicit Seats(const Options& options) : options_(options) {}
    Seat take(uid_t uid);
    void give_back(uid_t uid, Seat seat);

  private:
    const Options& options_;
    std::size_t normal_ = 0;
    std::size_t reserved_ = 0;
    std::map<uid_t, std::size_t> per_uid_;
};

// Calls of one user from all of its uids together: twice the rate and burst that one uid has.
class UserRates {
  public:
    // Takes one call. none: granted; else how long until there is one.
    std::optional<Duration> take(UserId user, SteadyTime now, const Options& options);
    static std::uint32_t rate(const Options& options) { return 2 * options.requests_per_second; }

  private:
    std::map<UserId, SteadyTime> full_at_;
};

// How many of something each user has, each at most `most`.
class Tally {
  public:
    explicit Tally(std::size_t most) : most_(most) {}
    bool take(std::uint32_t user);
    void give_back(std::uint32_t user);

  private:
    std::size_t most_;
    std::map<std::uint32_t, std::size_t> per_user_;
};

}  // namespace vault::control
