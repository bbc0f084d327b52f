// Bytes -> configuration: it is taken, and then keeps the ranges that the rest of the daemon relies
// on, or every fault is told with its place.
#include "common/base/check.hpp"
#include "daemon/config/config.hpp"
#include "tests/fuzz/entries.hpp"

#include <set>

namespace vault::fuzz {

void config(std::string_view bytes) {
    const auto parsed = config::parse(std::string(bytes), "fuzz.yaml");
    if (!parsed) {
        VAULT_CHECK(parsed.error().code() == Errc::ConfigInvalid, "a fault is one of the file's");
        VAULT_CHECK(parsed.error().message().find("fuzz.yaml") != std::string::npos,
                    "a fault has its place");
        return;
    }
    const config::Config& config = parsed.value();
    VAULT_CHECK(!config.store.path.empty() && !config.control.socket.empty() &&
                    !config.candles.path.empty(),
                "no path is empty");
    VAULT_CHECK(config.control.requests_per_second > 0 && config.control.burst > 0 &&
                    config.control.frame_max_kib > 0 && config.control.in_flight_max > 0,
                "the socket can be used");
    VAULT_CHECK(config.engine.batch_rows_max > 0 && config.engine.batches_ahead_max > 0,
                "batches can be made");
    VAULT_CHECK(!config.paper.fee_rate.is_negative() && !config.paper.slippage.is_negative(),
                "nobody is paid for trading");
    std::set<Pair> pairs;
    for (const PairRules& rules : config.paper.pairs) {
        VAULT_CHECK(pairs.insert(rules.pair).second, "no pair is there twice");
        VAULT_CHECK(rules.tick.is_positive() && rules.lot.is_positive(), "steps are above zero");
        VAULT_CHECK(!rules.min_cost.is_negative() && !rules.min_quantity.is_negative(),
                    "minima are not negative");
    }
}

}  // namespace vault::fuzz
