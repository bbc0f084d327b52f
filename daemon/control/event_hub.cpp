#include "daemon/control/event_hub.hpp"

#include "common/base/check.hpp"
#include "common/protocol/codec.hpp"
#include "daemon/control/render_reports.hpp"

#include <algorithm>

namespace vault::control {

namespace {

constexpr std::size_t kReaders = 4;

}  // namespace

void EventHub::publish(ports::EventPage page) {
    if (page.rows.empty()) return;
    users_.merge(page.users);
    for (ports::EventRow& row : page.rows) {
        // A number out of turn would make every position in the ring wrong: readers go to the
        // store.
        if (row.seq != last_ + 1) ring_.clear();
        last_ = row.seq;
        ring_.push_back({std::move(row), {}});
        if (ring_.size() > most_) ring_.pop_front();
    }
    for (Listener* const listener : listeners_)
        listener->wake();
}

const EventHub::Told& EventHub::at(std::uint64_t seq) const {
    VAULT_CHECK(seq >= first() && seq <= last_, "the event is not in the ring");
    return ring_[seq - first()];
}

const std::string& EventHub::text(std::uint64_t seq) {
    VAULT_CHECK(seq >= first() && seq <= last_, "the event is not in the ring");
    Told& told = ring_[seq - first()];
    if (told.text.empty()) told.text = protocol::to_compact(row_to_json(told.row, users_));
    return told.text;
}

void EventHub::remove(Listener& listener) {
    listeners_.erase(&listener);
    std::erase(waiting_, &listener);
    // It may have been woken for a turn that it will not take.
    if (reading_ < kReaders && !waiting_.empty()) waiting_.front()->wake();
}

bool EventHub::begin_read(Listener& listener) {
    const auto mine = std::ranges::find(waiting_, &listener);
    if (reading_ >= kReaders) {
        if (mine == waiting_.end()) waiting_.push_back(&listener);
        return false;
    }
    if (mine != waiting_.end()) waiting_.erase(mine);
    ++reading_;
    return true;
}

bool EventHub::begin_read() {
    if (reading_ >= kReaders) return false;
    ++reading_;
    return true;
}

void EventHub::end_read() {
    VAULT_CHECK(reading_ > 0, "a read ended that had not begun");
    --reading_;
    if (!waiting_.empty()) waiting_.front()->wake();
}

}  // namespace vault::control
