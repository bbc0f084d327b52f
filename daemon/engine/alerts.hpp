#pragma once
// Alerts: the outbox of the shard. Each batch's grave events become alerts in that batch, with a
// delivery for every target that wants them; the same again within a while only counts. What became
// of a delivery comes back as a command. At most kKept are kept: the oldest that waits for nobody
// makes room, or, if all wait, the oldest of all. Values of the World, stored with the batch that
// changed them; the shard's thread; nothing here fails.
#include "daemon/ports/alert.hpp"
#include "daemon/ports/store.hpp"

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace vault::engine {

struct World;
class Recorder;

// A liquidation that the exchange's minimum keeps from selling.
inline constexpr std::string_view kLiquidationStuck = "liquidation_stuck";

class Alerts {
  public:
    static constexpr std::size_t kKept = 1'000;

    // Counts it if it is there already, not seen by a person and no older than `repeat_after`, else
    // keeps it under a new id. Returns the slot that changed.
    std::size_t take(ports::AlertRow fresh, Duration repeat_after);
    ports::AlertRow* find(AlertId id);
    std::size_t slot_of(const ports::AlertRow& row) const;
    // Whether the latest alert of this kind about the user's subject is later than that of its end.
    bool is_open(std::string_view kind, std::string_view end, std::string_view subject,
                 UserId user) const;
    const std::deque<ports::AlertRow>& slots() const { return slots_; }  // in no order
    // Of what was stored; `slot` from 0, in any order. Slots that nothing is put into hold none.
    void put_back(std::size_t slot, ports::AlertRow row);

  private:
    std::size_t slot_for_next() const;
    void remember(std::size_t slot);

    std::deque<ports::AlertRow> slots_;
    std::unordered_map<std::string, std::size_t> latest_;  // slot, by key_of
    std::uint32_t last_ = 0;
};

// The alert that an event makes; none if it is no matter for one.
std::optional<ports::AlertRow> alert_of(const ports::EventRow& event, const World& world,
                                        const ports::AlertRules& rules, UtcTime now);
// Adds to the batch the alerts that its events raise. After its event log is written.
void raise_alerts(ports::Batch& batch, World& world, const ports::AlertRules& rules, UtcTime now);
// The alerts whose rows are in the batch, as they are now.
ports::AlertPage alerts_in(const ports::Batch& batch, const World& world);
ports::AlertPage all_alerts(const World& world);

// A slot's text in the store. Loading refuses what it does not understand (StoreInvalid).
inline constexpr std::string_view kAlertState = "alert";
std::string save_alert(const ports::AlertRow& row);
Result<ports::AlertRow> load_alert(std::string_view body);

}  // namespace vault::engine
