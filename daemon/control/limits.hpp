#pragma once
// Who gets in: token buckets per uid for calls, and seats for connections. Plain bookkeeping on the
// control thread; no clock of its own; cannot fail.
#include "common/base/clock.hpp"
#include "daemon/control/options.hpp"

#include <map>
#include <sys/types.h>

namespace vault::control {

class TokenBuckets {
  public:
    TokenBuckets(std::uint32_t per_second, std::uint32_t burst);
    // What was used up so far counts under the new rate too.
    void configure(std::uint32_t per_second, std::uint32_t burst);
    // Takes one token. none: granted; else how long until there is one.
    std::optional<Duration> take(uid_t uid, SteadyTime now);

  private:
    struct Bucket {
        SteadyTime full_at{};  // when it will be full again: the one number that a bucket needs
    };
    SteadyTime per_token_{};
    SteadyTime depth_{};
    std::map<uid_t, Bucket> buckets_;
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

// How many of something each uid has, each at most `most`.
class Tally {
  public:
    explicit Tally(std::size_t most) : most_(most) {}
    bool take(uid_t uid);
    void give_back(uid_t uid);

  private:
    std::size_t most_;
    std::map<uid_t, std::size_t> per_uid_;
};

}  // namespace vault::control
