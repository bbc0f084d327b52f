#include "daemon/app/options.hpp"

#include "daemon/app/exchanges.hpp"

namespace vault::app {
namespace {

risk::OnTrip on_trip_of(config::OnTrip from) {
    switch (from) {
        case config::OnTrip::Entries: return risk::OnTrip::Entries;
        case config::OnTrip::All: return risk::OnTrip::All;
        case config::OnTrip::Liquidate: return risk::OnTrip::Liquidate;
    }
    return risk::OnTrip::Entries;
}

risk::Caps daemon_caps(const config::Risk& from) {
    risk::Caps caps;
    caps.max_daily_loss = from.max_daily_loss;
    caps.daily_loss_on_trip = on_trip_of(from.max_daily_loss_on_trip);
    caps.max_drawdown = from.max_drawdown;
    caps.drawdown_on_trip = on_trip_of(from.max_drawdown_on_trip);
    caps.max_exposure_per_base = from.max_exposure_per_base;
    if (from.max_trades_per_day)
        caps.max_trades_per_day = static_cast<std::uint32_t>(*from.max_trades_per_day);
    caps.caps_reset_daily = from.caps_reset_daily;
    return caps;
}

risk::OrderRules order_rules(const config::Risk& from) {
    risk::OrderRules rules;
    rules.price_band = from.price_band;
    rules.max_order = from.max_order;
    if (from.max_orders_per_minute)
        rules.max_orders_per_minute = static_cast<std::uint32_t>(*from.max_orders_per_minute);
    return rules;
}

ports::AlertRules alert_rules(const config::Alerts& from) {
    ports::AlertRules rules;
    rules.repeat_after = from.repeat_after;
    rules.idle_after = from.idle_after;
    for (const config::AlertTarget& target : from.targets) {
        const auto least = ports::severity_named(target.severity);
        VAULT_CHECK(least.has_value(), "the severity of a target was checked");
        rules.routes.push_back({target.name, *least, target.users});
    }
    return rules;
}

}  // namespace

store::SqliteOptions store_options(const config::Store& from) {
    store::SqliteOptions options;
    options.path = from.path;
    options.ballast_mib = static_cast<std::uint32_t>(from.ballast_mib);
    options.checkpoint_every = static_cast<std::uint32_t>(from.checkpoint_every_entries);
    options.disk_alert_pct = static_cast<std::uint32_t>(from.disk_alert_pct);
    options.disk_stop_buys_pct = static_cast<std::uint32_t>(from.disk_stop_buys_pct);
    options.group_rows = static_cast<std::uint32_t>(from.group_commit_rows);
    options.retention.prices_full = from.retention.prices_full;
    options.retention.prices_thinned_every = from.retention.prices_thinned_every;
    options.retention.prices = from.retention.prices;
    options.retention.decisions = from.retention.decisions;
    options.retention.events = from.retention.events;
    options.retention.replies = from.retention.idempotency;
    return options;
}

engine::DriverOptions driver_options(const config::Engine& from) {
    engine::DriverOptions options;
    options.batches_ahead_max = from.batches_ahead_max;
    options.ahead_max = from.ahead_ms_max;
    options.ride_along = from.ride_along_ms;
    options.replay_batch = from.batch_ms_max;
    return options;
}

engine::EngineOptions engine_options(const config::Config& from) {
    engine::EngineOptions options;
    options.paper.fee_rate = from.paper.fee_rate;
    options.paper.slippage = from.paper.slippage;
    options.paper.fee_in =
        from.paper.fee_in == config::FeeIn::Quote ? exchange::FeeIn::Quote : exchange::FeeIn::Base;
    options.paper.partial_fill_per_million =
        static_cast<std::uint32_t>(from.paper.partial_fill_per_million);
    options.paper.reject_per_million = static_cast<std::uint32_t>(from.paper.reject_per_million);
    options.paper.latency_ticks = static_cast<std::uint32_t>(from.paper.latency_ticks);
    for (const PairRules& rules : from.paper.pairs)
        options.catalogue.emplace(rules.pair, rules);
    options.exchanges = connected_exchanges();
    options.scripts_path = from.runner.scripts;
    options.price_snapshot_every = from.engine.price_snapshot_every;
    options.batch_rows_max = from.engine.batch_rows_max;
    options.reply_life = from.store.retention.idempotency;
    options.alerts = alert_rules(from.alerts);
    options.accounts_per_user = from.quota.accounts_per_user;
    options.vaults_per_user = from.quota.vaults_per_user;
    options.keys_per_account = from.quota.keys_per_account;
    const auto asset = Asset::parse(from.risk.asset);
    VAULT_CHECK(asset.has_value(), "the configuration was checked");
    options.risk_asset = asset.value();
    options.daemon_caps = daemon_caps(from.risk);
    options.order_rules = order_rules(from.risk);
    return options;
}

notify::Settings notify_settings(const config::Config& from) {
    notify::Settings settings;
    settings.deployment = from.security.deployment;
    settings.rules.retry_after = from.alerts.retry_after;
    settings.rules.give_up_after = from.alerts.give_up_after;
    if (from.alerts.heartbeat_url != "none") settings.heartbeat_url = from.alerts.heartbeat_url;
    if (from.alerts.heartbeat_command != "none")
        settings.heartbeat_command = from.alerts.heartbeat_command;
    settings.heartbeat_every = from.alerts.heartbeat_every;
    for (const config::AlertTarget& target : from.alerts.targets)
        settings.rules.targets.push_back(
            {{target.name, target.url, target.secret_file, target.ca_file, target.mail,
              from.alerts.sendmail, target.command},
             {target.quiet_from, target.quiet_to}});
    return settings;
}

control::Options control_options(const config::Config& whole) {
    const config::Control& from = whole.control;
    control::Options options;
    options.socket_path = from.socket;
    options.mode = from.mode;
    options.max_connections = from.max_connections;
    options.max_per_uid = from.max_per_uid;
    options.reserved_connections = from.reserved_connections;
    options.requests_per_second = static_cast<std::uint32_t>(from.requests_per_second);
    options.burst = static_cast<std::uint32_t>(from.burst);
    options.frame_max = from.frame_max_kib * 1024;
    options.max_in_flight = from.in_flight_max;
    options.hello_within = from.hello_timeout;
    options.slow_after = from.write_timeout;
    options.registration = whole.security.registration == config::Registration::Open;
    return options;
}

}  // namespace vault::app
