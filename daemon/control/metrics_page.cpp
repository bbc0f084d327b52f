#include "daemon/control/metrics_page.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <array>

namespace vault::control {

namespace json = boost::json;

namespace {

std::string seconds(SteadyTime span) {
    const auto micro = std::chrono::duration_cast<std::chrono::microseconds>(span).count();
    return fmt::format("{}.{:06}", micro / 1'000'000, micro % 1'000'000);
}

class Page {
  public:
    void family(std::string_view name, std::string_view type, std::string_view help) {
        families_.push_back(json::object{
            {"name", name}, {"type", type}, {"help", help}, {"samples", json::array{}}});
    }
    void sample(std::string_view name, json::object labels, std::string value) {
        families_.back().as_object()["samples"].as_array().push_back(json::object{
            {"name", name}, {"labels", std::move(labels)}, {"value", std::move(value)}});
    }
    void sample(std::string_view name, json::object labels, std::uint64_t value) {
        sample(name, std::move(labels), std::to_string(value));
    }
    // A family of one sample.
    template <class T>
    void gauge(std::string_view name, std::string_view help, T value) {
        family(name, "gauge", help);
        sample(name, {}, value);
    }
    void counter(std::string_view name, std::string_view help, std::uint64_t value) {
        family(name, "counter", help);
        sample(name, {}, value);
    }
    json::object take() { return {{"metrics", std::move(families_)}}; }

  private:
    json::array families_;
};

std::uint64_t one_if(bool holds) {
    return holds ? 1 : 0;
}

void add_daemon(Page& page, const MetricsInput& in) {
    page.family("vault_build_info", "gauge", "1, with the version of the daemon");
    page.sample("vault_build_info", {{"version", in.info.version}}, 1);
    page.gauge("vault_uptime_seconds", "Since the daemon started", seconds(in.uptime));
}

void add_calls(Page& page, const Metrics& calls) {
    page.family("vault_rpc_requests_total", "counter", "Calls answered, by method and code");
    for (const auto& [key, count] : calls.calls())
        page.sample("vault_rpc_requests_total", {{"method", key.first}, {"code", key.second}},
                    count);
    page.family("vault_rpc_duration_seconds", "histogram",
                "From reading a call to its reply, of calls that were begun");
    for (const auto& [method, timing] : calls.timings()) {
        std::uint64_t below = 0;
        for (std::size_t i = 0; i < timing.counts.size(); ++i) {
            below += timing.counts[i];
            const bool last = i == Metrics::kBounds.size();
            page.sample("vault_rpc_duration_seconds_bucket",
                        {{"method", method}, {"le", last ? "+Inf" : Metrics::kBounds[i].text}},
                        below);
        }
        page.sample("vault_rpc_duration_seconds_sum", {{"method", method}}, seconds(timing.sum));
        page.sample("vault_rpc_duration_seconds_count", {{"method", method}}, below);
    }
    page.gauge("vault_rpc_inflight", "Calls that are begun and not answered", calls.in_flight());
    page.gauge("vault_connections", "Open connections of the control socket", calls.connections());
    page.counter("vault_connections_total", "Connections accepted", calls.connections_total());
    page.family("vault_connections_refused_total", "counter",
                "Connections that got no seat, by reason");
    for (const auto& [why, count] : calls.refused_connections())
        page.sample("vault_connections_refused_total", {{"reason", why}}, count);
}

struct EngineGauge {
    std::string_view field, name, help;
};
constexpr std::array<EngineGauge, 10> kEngineGauges{
    {{"users", "vault_users", "Users"},
     {"accounts", "vault_accounts", "Exchange accounts"},
     {"vaults", "vault_vaults", "Vaults"},
     {"sleeves", "vault_sleeves", "Sleeves"},
     {"open_positions", "vault_open_positions", "Positions that are not flat"},
     {"live_orders", "vault_live_orders", "Orders that are not at their end"},
     {"unresolved_orders", "vault_unresolved_orders", "Orders whose fate is not known"},
     {"paused_sleeves", "vault_paused_sleeves", "Sleeves that a pause or halt holds"},
     {"attention", "vault_attention", "Things that need a person"},
     {"running_replays", "vault_running_replays", "Replays that run"}}};

void add_engine(Page& page, const MetricsInput& in) {
    page.gauge("vault_engine_up", "1 if the engine answered", one_if(in.engine != nullptr));
    page.counter("vault_turns_total", "Turns of the shard", in.marks.turns);
    page.counter("vault_shard_reloads_total", "Times the shard was loaded again after a fault",
                 in.marks.reloads);
    const SteadyTime age = std::max(in.now - in.marks.last_turn, SteadyTime{});
    page.gauge("vault_turn_age_seconds", "Since the shard began its last turn", seconds(age));
    page.counter("vault_batches_total", "Batches handed to the store", in.marks.batch);
    page.counter("vault_batches_durable_total", "Batches that are durable", in.marks.durable);
    page.gauge("vault_batches_ahead", "Batches that are not durable yet",
               in.marks.batch - std::min(in.marks.batch, in.marks.durable));
    if (in.engine == nullptr) return;
    page.family("vault_engine_state", "gauge", "1 for the state that the engine is in");
    const std::string_view state = in.engine->at("state").as_string();
    for (const std::string_view each : {"running", "draining", "halted"})
        page.sample("vault_engine_state", {{"state", each}}, one_if(each == state));
    page.counter("vault_entries_total", "Journal entries of all vaults",
                 in.engine->at("entries").to_number<std::uint64_t>());
    for (const EngineGauge& gauge : kEngineGauges)
        page.gauge(gauge.name, gauge.help, in.engine->at(gauge.field).to_number<std::uint64_t>());
}

void add_store(Page& page, const ports::StoreHealth& store) {
    page.gauge("vault_store_writable", "1 if the store takes writes", one_if(store.writable));
    page.gauge("vault_store_disk_used_ratio", "Part of the store's disk that is used, 0 to 1",
               fmt::format("{}.{:02}", store.disk_used_pct / 100, store.disk_used_pct % 100));
    page.gauge("vault_store_disk_alert", "1 past disk_alert_pct", one_if(store.alert));
    page.gauge("vault_store_buys_stopped", "1 while a full disk stops buys",
               one_if(store.buys_stopped));
    page.gauge("vault_store_full_check_done", "1 once the full check of the books has ended",
               one_if(store.full_check_done));
    page.gauge("vault_store_full_check_failed", "1 if it found the books not right",
               one_if(store.full_check_failed));
}

void add_configuration(Page& page, const ports::ConfigView& config) {
    page.gauge("vault_config_needs_restart", "Keys that wait for a restart",
               std::uint64_t{config.pending_keys().size()});
    page.gauge("vault_config_last_reload_ok", "0 if the last reload was rejected",
               one_if(!config.last_reload || config.last_reload->ok));
}

}  // namespace

json::object metrics_page(const MetricsInput& input) {
    Page page;
    add_daemon(page, input);
    add_calls(page, input.calls);
    add_engine(page, input);
    add_store(page, input.store);
    add_configuration(page, input.configuration);
    return page.take();
}

}  // namespace vault::control
