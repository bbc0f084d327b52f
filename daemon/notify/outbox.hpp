#pragma once
// Outbox: which of the alerts that wait go to which target, and when. It holds what the engine says
// is pending and decides nothing for good: what is held by quiet hours or waits for another try is
// derived from the rows and the clock, so a restart changes nothing. What waits for a target goes
// to it together, as one digest, one message at a time. Owned by the Service; its thread; pure but
// for its state.
#include "daemon/notify/quiet_hours.hpp"
#include "daemon/ports/alert.hpp"
#include "daemon/ports/notifier.hpp"

#include <map>
#include <set>

namespace vault::notify {

struct Target {
    ports::NotifyTarget to;
    QuietHours quiet{};
};

struct Rules {
    Duration retry_after{10'000};        // the first time; then twice as long, and so on
    Duration retry_most{900'000};        // but never longer
    Duration give_up_after{86'400'000};  // of failures
    std::vector<Target> targets{};
};

// One message.
struct Parcel {
    Target target;
    std::vector<ports::AlertRow> alerts;  // at most kMostInOne, what is critical first
};

class Outbox {
  public:
    static constexpr std::size_t kMostInOne = 50;

    void configure(Rules rules) { rules_ = std::move(rules); }
    void adopt(ports::AlertPage page);

    // What is to be sent now, at most one message per target; its target then gets no other before
    // came_back().
    std::vector<Parcel> take_due(UtcTime now);
    void came_back(const std::string& target) { under_way_.erase(target); }
    // Deliveries to targets that are configured no longer, to be given up; they count as under way
    // until came_back().
    std::vector<ports::cmd::SettleDelivery> take_orphans();
    // When take_due() may have something; none: nothing waits.
    std::optional<UtcTime> next_due(UtcTime now) const;
    // What the engine should learn of a try; an empty problem: it was delivered. One for what is
    // tried again and one for what is given up, if there are both.
    std::vector<ports::cmd::SettleDelivery> outcomes(const Parcel& parcel,
                                                     const std::string& problem, UtcTime now) const;

    std::size_t waiting() const { return waiting_.size(); }  // alerts

  private:
    const Target* target_named(std::string_view name) const;
    UtcTime due_at(const Target& target, const ports::AlertRow& row,
                   const ports::Delivery& delivery, UtcTime now) const;

    Rules rules_;
    std::map<AlertId, ports::AlertRow> waiting_;  // with a pending delivery
    std::set<std::string, std::less<>> under_way_;
};

}  // namespace vault::notify
