#include "tests/emulator/kraken/rest/history.hpp"

namespace vault::kraken_emulator {
namespace {

using TimeOf = std::function<std::optional<Moment>(std::string_view)>;

Answer<std::optional<Moment>> bound(const Params& params, std::string_view name,
                                    const TimeOf& time_of) {
    const auto given = params.text(name);
    if (!given) return std::optional<Moment>{};
    const auto id = time_of(*given);
    if (id) return id;
    const auto seconds = Decimal::parse(*given);
    const bool sane = seconds && !seconds.value().is_negative() &&
                      seconds.value() < Decimal::from_int(9'000'000'000);
    if (!sane) return Refusal::invalid(name);
    const auto nanoseconds = seconds.value().raw() / (Decimal::kOne / 1'000'000'000);
    return std::optional<Moment>{Moment{Span{static_cast<std::int64_t>(nanoseconds)}}};
}

}  // namespace

Answer<TimeRange> asked_range(const Params& params, const TimeOf& time_of) {
    TimeRange out;
    BOOST_OUTCOME_TRY(const auto start, bound(params, "start", time_of));
    BOOST_OUTCOME_TRY(const auto end, bound(params, "end", time_of));
    if (start) out.after = *start;
    if (end) out.until = *end;
    return out;
}

Answer<Page> asked_page(const Params& params) {
    BOOST_OUTCOME_TRY(const auto offset, params.integer("ofs"));
    BOOST_OUTCOME_TRY(const bool uncounted, params.flag("without_count", false));
    if (offset && *offset < 0) return Refusal::invalid("ofs");
    return Page{static_cast<std::size_t>(offset.value_or(0)), !uncounted};
}

}  // namespace vault::kraken_emulator
