#pragma once
// Rates from the counters of two documents; from the first of a daemon the average since its start.
// A counter that started anew (the shard was loaded again) gives none until the next document.
// Plain values; one thread; cannot fail.
#include "cli/top/frame.hpp"

namespace vault::top {

class RateMeter {
  public:
    void feed(const json::object& document);
    const Rates& rates() const { return rates_; }

  private:
    struct Counts {
        std::string instance;
        std::optional<double> uptime_s, ticks, evaluations, commits, calls;
    };
    static Counts counts_of(const json::object& document);

    std::optional<Counts> last_;
    Rates rates_;
};

}  // namespace vault::top
