#include "daemon/market/price_window.hpp"

#include <algorithm>

namespace vault::market {

PriceWindow::PriceWindow(const WindowSpec& spec) : spec_(spec) {
    VAULT_CHECK(spec.momentum_window > Duration{0} && spec.history >= spec.momentum_window,
                "history must cover the momentum window");
    VAULT_CHECK(spec.trend_closes > 0, "a trend needs a close");
}

void PriceWindow::clear() {
    samples_.clear();
    lows_.clear();
    closes_.clear();
    figures_ = {};
    any_tick_ = false;
    any_sample_ = false;
}

bool PriceWindow::add(const Tick& tick) {
    if (any_tick_ && tick.time < figures_.now) return false;
    if (tick.gap) clear();
    if (any_tick_) close_hour(tick.time);
    const bool sampled = takes_sample(tick.time);
    figures_.now = tick.time;
    figures_.price = tick.price;
    any_tick_ = true;
    if (sampled) add_sample(tick);
    drop_old(tick.time);
    figures_.low = Price{lows_.empty() ? tick.price.value : samples_[lows_.front()].price};
    figures_.warm = any_sample_ && tick.time - first_sample_ >= spec_.momentum_window;
    const std::optional<Price> reference = nearest(tick.time - spec_.momentum_window);
    figures_.reference = figures_.warm ? reference : std::nullopt;
    return sampled;
}

// The last tick of an hour closes it, and counts from the first tick of a later hour on.
void PriceWindow::close_hour(UtcTime now) {
    if (floor_hour(now) > floor_hour(figures_.now)) push_close(figures_.price.value);
}

void PriceWindow::seed_close(Price close) {
    VAULT_CHECK(!any_tick_, "closes are seeded before the first tick");
    push_close(close.value);
}

void PriceWindow::push_close(Decimal close) {
    closes_.push_back(close);
    figures_.closes_sum += close;
    if (closes_.size() > spec_.trend_closes) {
        figures_.closes_sum -= closes_.front();
        closes_.pop_front();
    }
    figures_.closes_count = static_cast<std::uint32_t>(closes_.size());
}

bool PriceWindow::takes_sample(UtcTime now) const {
    if (spec_.sample_every <= Duration{0} || samples_.empty()) return true;
    const auto bucket = [this](UtcTime time) {
        return time.time_since_epoch() / spec_.sample_every;
    };
    return bucket(now) != bucket(samples_.back().time);
}

void PriceWindow::add_sample(const Tick& tick) {
    const Decimal price = tick.price.value;
    if (!any_sample_) {
        any_sample_ = true;
        first_sample_ = tick.time;
        at_or_before_ = after_ = samples_.end();
    }
    while (!lows_.empty() && samples_[lows_.back()].price >= price)
        lows_.pop_back();
    lows_.push_back(samples_.end());
    samples_.push_back({tick.time, price});
}

void PriceWindow::drop_old(UtcTime now) {
    while (!samples_.empty() && now - samples_.front().time > spec_.history) {
        if (!lows_.empty() && lows_.front() == samples_.begin()) lows_.pop_front();
        samples_.pop_front();
    }
    at_or_before_ = std::max(at_or_before_, samples_.begin());
    after_ = std::max(after_, samples_.begin());
}

// The target only moves forward, so the two cursors do as well.
std::optional<Price> PriceWindow::nearest(UtcTime target) {
    if (samples_.empty()) return std::nullopt;
    while (after_ < samples_.end() && samples_[after_].time <= target) {
        if (samples_[after_].time != samples_[at_or_before_].time) at_or_before_ = after_;
        ++after_;
    }
    const Sample& older = samples_[at_or_before_];
    if (after_ == samples_.end() || older.time > target) return Price{older.price};
    const Sample& younger = samples_[after_];
    const bool take_older = target - older.time <= younger.time - target;
    return Price{take_older ? older.price : younger.price};
}

std::size_t PriceWindow::memory_bytes() const {
    return sizeof *this + samples_.capacity() * sizeof(Sample) +
           lows_.capacity() * sizeof(std::uint64_t) + closes_.capacity() * sizeof(Decimal);
}

Duration fold_back(const WindowSpec& spec, Duration tick_every) {
    const Duration hour = std::chrono::hours{1};
    const Duration closes = (spec.trend_closes + 2) * std::max(hour, tick_every);
    return std::max(spec.history, closes) + tick_every;
}

const PriceWindow& PairWindows::acquire(const WindowSpec& spec) {
    Shared& shared = windows_.try_emplace(spec, Shared{PriceWindow{spec}, 0}).first->second;
    ++shared.holders;
    return shared.window;
}

void PairWindows::release(const WindowSpec& spec) {
    const auto at = windows_.find(spec);
    VAULT_CHECK(at != windows_.end(), "a window is released once per acquire");
    if (--at->second.holders == 0) windows_.erase(at);
}

const PriceWindow* PairWindows::find(const WindowSpec& spec) const {
    const auto at = windows_.find(spec);
    return at == windows_.end() ? nullptr : &at->second.window;
}

bool PairWindows::add(const Tick& tick) {
    bool sampled = false;
    for (auto& [spec, shared] : windows_)
        sampled = shared.window.add(tick) || sampled;
    return sampled;
}

void PairWindows::clear() {
    for (auto& [spec, shared] : windows_)
        shared.window.clear();
}

void PairWindows::seed_close(Price close) {
    for (auto& [spec, shared] : windows_)
        shared.window.seed_close(close);
}

std::size_t PairWindows::memory_bytes() const {
    std::size_t bytes = sizeof *this;
    for (const auto& [spec, shared] : windows_)
        bytes += sizeof spec + shared.window.memory_bytes();
    return bytes;
}

}  // namespace vault::market
