#include "daemon/notify/outbox.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::notify {

using ports::AlertRow;
using ports::Delivery;
using ports::DeliveryState;

namespace {

const Delivery* pending(const AlertRow& row, std::string_view target) {
    const auto found = std::ranges::find_if(row.deliveries, [&](const Delivery& delivery) {
        return delivery.target == target && delivery.state == DeliveryState::Pending;
    });
    return found == row.deliveries.end() ? nullptr : &*found;
}

bool waits(const AlertRow& row) {
    return std::ranges::any_of(row.deliveries, [](const Delivery& delivery) {
        return delivery.state == DeliveryState::Pending;
    });
}

bool passes_quiet_hours(const AlertRow& row) {
    return row.severity == ports::Severity::Critical || row.kind == ports::kTestAlert;
}

}  // namespace

void Outbox::adopt(ports::AlertPage page) {
    if (page.whole) waiting_.clear();
    for (AlertRow& row : page.rows) {
        const AlertId id = row.id;
        if (waits(row))
            waiting_.insert_or_assign(id, std::move(row));
        else
            waiting_.erase(id);
    }
}

const Target* Outbox::target_named(std::string_view name) const {
    const auto found = std::ranges::find_if(
        rules_.targets, [&](const Target& target) { return target.to.name == name; });
    return found == rules_.targets.end() ? nullptr : &*found;
}

// A clock that was put back must not make a try wait for what has been.
UtcTime Outbox::due_at(const Target& target, const AlertRow& row, const Delivery& delivery,
                       UtcTime now) const {
    UtcTime due = now;
    if (delivery.tries > 0 && delivery.last_try && *delivery.last_try <= now) {
        const std::uint32_t doublings = std::min<std::uint32_t>(delivery.tries - 1, 20);
        due = *delivery.last_try + std::min(rules_.retry_after * (1U << doublings),
                                            std::max(rules_.retry_most, rules_.retry_after));
        if (delivery.first_try) due = std::min(due, *delivery.first_try + rules_.give_up_after);
    }
    if (!passes_quiet_hours(row) && target.quiet.cover(now))
        due = std::max(due, target.quiet.end(now));
    return due;
}

// A new alert takes along what waits for another try: the target may be back.
std::vector<Parcel> Outbox::take_due(UtcTime now) {
    std::vector<Parcel> parcels;
    for (const Target& target : rules_.targets) {
        if (under_way_.contains(target.to.name)) continue;
        Parcel parcel{target, {}};
        bool due = false;
        for (const auto& [id, row] : waiting_) {
            const Delivery* const delivery = pending(row, target.to.name);
            if (delivery == nullptr) continue;
            if (!passes_quiet_hours(row) && target.quiet.cover(now)) continue;
            due = due || due_at(target, row, *delivery, now) <= now;
            parcel.alerts.push_back(row);
        }
        if (!due) continue;
        std::ranges::stable_sort(parcel.alerts, std::greater{}, &AlertRow::severity);
        if (parcel.alerts.size() > kMostInOne) parcel.alerts.resize(kMostInOne);
        under_way_.insert(target.to.name);
        parcels.push_back(std::move(parcel));
    }
    return parcels;
}

std::vector<ports::cmd::SettleDelivery> Outbox::take_orphans() {
    std::map<std::string, ports::cmd::SettleDelivery> gone;
    for (const auto& [id, row] : waiting_)
        for (const Delivery& delivery : row.deliveries) {
            if (delivery.state != DeliveryState::Pending) continue;
            if (target_named(delivery.target) != nullptr) continue;
            if (under_way_.contains(delivery.target)) continue;
            auto& settle = gone[delivery.target];
            settle.route = delivery.target;
            settle.state = DeliveryState::GivenUp;
            settle.problem = "the target is not configured any more";
            settle.tried = false;
            settle.alerts.push_back(id);
        }
    std::vector<ports::cmd::SettleDelivery> out;
    for (auto& [name, settle] : gone) {
        under_way_.insert(name);
        out.push_back(std::move(settle));
    }
    return out;
}

std::optional<UtcTime> Outbox::next_due(UtcTime now) const {
    std::optional<UtcTime> next;
    for (const Target& target : rules_.targets) {
        if (under_way_.contains(target.to.name)) continue;
        for (const auto& [id, row] : waiting_) {
            const Delivery* const delivery = pending(row, target.to.name);
            if (delivery == nullptr) continue;
            const UtcTime due = due_at(target, row, *delivery, now);
            if (!next || due < *next) next = due;
        }
    }
    return next;
}

std::vector<ports::cmd::SettleDelivery> Outbox::outcomes(const Parcel& parcel,
                                                         const std::string& problem,
                                                         UtcTime now) const {
    std::map<DeliveryState, ports::cmd::SettleDelivery> by_state;
    for (const AlertRow& row : parcel.alerts) {
        DeliveryState state = problem.empty() ? DeliveryState::Delivered : DeliveryState::Pending;
        const Delivery* const delivery = pending(row, parcel.target.to.name);
        const bool long_ago = delivery != nullptr && delivery->first_try &&
                              now - *delivery->first_try >= rules_.give_up_after;
        if (!problem.empty() && (long_ago || row.kind == ports::kTestAlert))
            state = DeliveryState::GivenUp;
        auto& settle = by_state[state];
        settle.route = parcel.target.to.name;
        settle.state = state;
        settle.problem = problem;
        settle.alerts.push_back(row.id);
    }
    std::vector<ports::cmd::SettleDelivery> out;
    for (auto& [state, settle] : by_state)
        out.push_back(std::move(settle));
    return out;
}

}  // namespace vault::notify
