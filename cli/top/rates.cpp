#include "cli/top/rates.hpp"

#include "cli/render/columns.hpp"

namespace vault::top {
namespace {

// Two documents that lie closer together say little about a second; a key press makes such.
constexpr double kShortest = 0.4;

std::optional<double> number_at(const json::object& document, std::string_view path) {
    const json::value whole(document);
    const json::value* value = render::at_path(whole, path);
    if (value == nullptr || !value->is_number()) return std::nullopt;
    return value->to_number<double>();
}

std::optional<double> rate(std::optional<double> before, std::optional<double> after,
                           double seconds) {
    if (!before || !after || *after < *before) return std::nullopt;
    return (*after - *before) / seconds;
}

}  // namespace

RateMeter::Counts RateMeter::counts_of(const json::object& document) {
    Counts counts;
    counts.instance = word_at(document, "instance_id");
    counts.uptime_s = number_at(document, "uptime_ms");
    if (counts.uptime_s) *counts.uptime_s /= 1000;
    counts.ticks = number_at(document, "activity.ticks");
    counts.evaluations = number_at(document, "activity.evaluations");
    counts.commits = number_at(document, "batch.commits");
    counts.calls = number_at(document, "calls");
    return counts;
}

void RateMeter::feed(const json::object& document) {
    Counts now = counts_of(document);
    Counts before;
    before.uptime_s = before.ticks = before.evaluations = before.commits = before.calls = 0;
    const bool same = last_ && last_->instance == now.instance;
    if (same) before = *last_;
    const double seconds = now.uptime_s.value_or(0) - before.uptime_s.value_or(0);
    if (same && seconds < kShortest) return;
    if (seconds >= kShortest)
        rates_ = {rate(before.ticks, now.ticks, seconds),
                  rate(before.evaluations, now.evaluations, seconds),
                  rate(before.commits, now.commits, seconds),
                  rate(before.calls, now.calls, seconds)};
    last_ = std::move(now);
}

}  // namespace vault::top
