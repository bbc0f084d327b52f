#include "daemon/engine/event_log.hpp"

#include "daemon/engine/figures.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::engine {
namespace {

using Figures = std::vector<strategy::Figure>;

class EventLog {
  public:
    EventLog(ports::Batch& batch, const World& world) : batch_(batch), world_(world) {}

    void write() {
        for (const ports::OrderRow& row : batch_.orders)
            add(row);
        for (const ports::FillRow& row : batch_.fills)
            add(row);
        for (const ports::CycleRow& row : batch_.cycles)
            add(row);
        for (const ports::SweepRow& row : batch_.sweeps)
            add(row);
        for (const ports::AllocationRow& row : batch_.allocations)
            add(row);
        for (const ports::PauseRow& row : batch_.pauses)
            add(row);
    }

  private:
    void add(const ports::Owner& owner, UtcTime at, std::string type, std::string object,
             std::string message, const Figures& figures) {
        batch_.events.push_back({0, owner, at, "info", std::move(type), std::move(object),
                                 std::move(message), figures_json(figures)});
    }

    std::string asset_of(VaultId vault) const {
        return std::string{world_.vaults[vault.value - 1].row.asset.text()};
    }

    void add(const ports::OrderRow& row) {
        const std::string state{to_text(row.state)};
        std::string message = fmt::format("{} {} {}", to_text(row.side), row.pair.text(), state);
        if (!row.end_reason.empty()) message += ": " + row.end_reason;
        add(row.owner, row.ended_at.value_or(row.decided_at), "order_" + state, to_text(row.id),
            std::move(message),
            {{"pair", row.pair.text()},
             {"side", std::string{to_text(row.side)}},
             {"reason", row.reason},
             {"filled_quantity", row.filled_quantity.text()},
             {"filled_cost", row.filled_cost.text()}});
    }

    void add(const ports::FillRow& row) {
        const Fill& fill = row.fill;
        add(row.owner, fill.time, "fill", to_text(fill.order),
            fmt::format("{} {} {} at {} for {} {}, fee {} {}", to_text(fill.side),
                        fill.quantity.value.text(), row.pair.base.text(), fill.price.value.text(),
                        fill.cost.text(), row.pair.quote.text(), fill.fee.text(),
                        fill.fee_asset.text()),
            {{"pair", row.pair.text()},
             {"side", std::string{to_text(fill.side)}},
             {"price", fill.price.value.text()},
             {"quantity", fill.quantity.value.text()},
             {"cost", fill.cost.text()},
             {"fee", fill.fee.text()},
             {"fee_asset", std::string{fill.fee_asset.text()}},
             {"realised", row.realised.text()},
             {"trade_id", fill.trade_id}});
    }

    void add(const ports::CycleRow& row) {
        add(row.owner, row.closed_at, "cycle_closed", name_of(row.vault, row.sleeve),
            fmt::format("cycle {} in {}: {} {}", row.number, row.pair.text(), row.realised.text(),
                        row.pair.quote.text()),
            {{"pair", row.pair.text()},
             {"cost", row.cost.text()},
             {"proceeds", row.proceeds.text()},
             {"fees", row.fees.text()},
             {"realised", row.realised.text()},
             {"swept", row.swept.text()}});
    }

    void add(const ports::SweepRow& row) {
        const std::string asset = asset_of(row.vault);
        add(row.owner, row.at, row.kind, name_of(row.vault, row.sleeve),
            fmt::format("{} {} went back to the vault", row.amount.text(), asset),
            {{"amount", row.amount.text()}, {"asset", asset}});
    }

    void add(const ports::AllocationRow& row) {
        const std::string asset = asset_of(row.vault);
        const std::string vault = to_text(row.vault);
        add(row.owner, row.at, row.kind, row.sleeve.empty() ? vault : vault + "." + row.sleeve,
            fmt::format("{} {}: tradeable {}, remaining {}", row.amount.text(), asset,
                        row.tradeable_after.text(), row.unallocated_after.text()),
            {{"amount", row.amount.text()},
             {"asset", asset},
             {"tradeable", row.tradeable_after.text()},
             {"unallocated", row.unallocated_after.text()},
             {"quiet", row.quiet_after.text()},
             {"flash", row.flash_after.text()}});
    }

    void add(const ports::PauseRow& row) {
        add(row.owner, row.at, row.action, row.target,
            row.why.empty() ? "by " + row.owner.actor
                            : fmt::format("by {}: {}", row.owner.actor, row.why),
            {{"level", row.level}, {"why", row.why}});
    }

    static std::string name_of(VaultId vault, SleeveKind sleeve) {
        return fmt::format("{}.{}", to_text(vault), to_text(sleeve));
    }

    ports::Batch& batch_;
    const World& world_;
};

}  // namespace

std::uint64_t write_event_log(ports::Batch& batch, const World& world, std::uint64_t last) {
    EventLog{batch, world}.write();
    std::stable_sort(
        batch.events.begin(), batch.events.end(),
        [](const ports::EventRow& a, const ports::EventRow& b) { return a.at < b.at; });
    for (ports::EventRow& event : batch.events)
        event.seq = ++last;
    return last;
}

ports::UserNames owners_of(const std::vector<ports::EventRow>& events, const World& world) {
    ports::UserNames names;
    for (const ports::EventRow& event : events)
        if (const User* user = world.find_user(event.owner.user))
            names.emplace(user->row.id, user->row.name);
    return names;
}

}  // namespace vault::engine
