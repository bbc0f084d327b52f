#include "daemon/config/keys.hpp"

#include "common/base/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <limits>

namespace vault::config {
namespace {

constexpr std::string_view kMs = "ms";
constexpr std::size_t kPairsMost = 200;
constexpr bool kLive = true;  // a reload applies it; the others wait for a restart

template <auto Section, auto Field>
constexpr auto at() {
    return +[](Config & c) -> auto& {
        return (c.*Section).*Field;
    };
}
template <auto Field>
constexpr auto kept() {
    return +[](Config & c) -> auto& {
        return c.store.retention.*Field;
    };
}
template <auto Field>
constexpr auto store() {
    return at<&Config::store, Field>();
}
template <auto Field>
constexpr auto control() {
    return at<&Config::control, Field>();
}
template <auto Field>
constexpr auto engine() {
    return at<&Config::engine, Field>();
}
template <auto Field>
constexpr auto security() {
    return at<&Config::security, Field>();
}
template <auto Field>
constexpr auto risk() {
    return at<&Config::risk, Field>();
}
template <auto Field>
constexpr auto alerts() {
    return at<&Config::alerts, Field>();
}
template <auto Field>
constexpr auto paper() {
    return at<&Config::paper, Field>();
}
template <auto Field>
constexpr auto kraken() {
    return at<&Config::kraken, Field>();
}

const std::array kKeys{
    Key{"store.path", "path", "", "vault.db", "", "", "the SQLite database", store<&Store::path>()},
    Key{"store.group_commit_rows", "count", "rows", "10000", "1", "100000",
        "most rows that one commit takes; more wait for the next",
        store<&Store::group_commit_rows>(), kLive},
    Key{"store.checkpoint_every_entries", "count", "journal entries", "10000", "100", "1000000",
        "a signed checkpoint bounds what a start has to read",
        store<&Store::checkpoint_every_entries>(), kLive},
    Key{"store.ballast_mib", "count", "MiB", "64", "0", "1024",
        "a file that is freed on a full disk, so that exits still commit; 0: none",
        store<&Store::ballast_mib>(), kLive},
    Key{"store.disk_alert_pct", "count", "% of the disk used", "80", "10", "99",
        "from here on an alert is raised", store<&Store::disk_alert_pct>(), kLive},
    Key{"store.disk_stop_buys_pct", "count", "% of the disk used", "95", "11", "99",
        "from here on nothing is bought; above disk_alert_pct", store<&Store::disk_stop_buys_pct>(),
        kLive},
    Key{"store.retention.prices_full", "duration", "", "30d", "1d", "3650d",
        "every price snapshot is kept this long", kept<&Retention::prices_full>(), kLive},
    Key{"store.retention.prices_thinned_every", "duration", "", "1h", "1m", "1d",
        "after that one snapshot per pair and this time is kept",
        kept<&Retention::prices_thinned_every>(), kLive},
    Key{"store.retention.prices", "duration", "", "1825d", "1d", "36500d",
        "after that none; not below prices_full", kept<&Retention::prices>(), kLive},
    Key{"store.retention.decisions", "duration", "", "365d", "7d", "36500d",
        "why a sleeve did or did not trade", kept<&Retention::decisions>(), kLive},
    Key{"store.retention.events", "duration", "", "365d", "7d", "36500d", "the event log",
        kept<&Retention::events>(), kLive},
    Key{"store.retention.idempotency", "duration", "", "1d", "1d", "30d",
        "how long a repeated call gets the first reply", kept<&Retention::idempotency>(), kLive},
    Key{"control.socket", "path", "", "/run/vaultd/control.sock", "", "",
        "the Unix socket that vaultctl talks to", control<&Control::socket>()},
    Key{"control.mode", "mode", "octal", "0660", "0600", "0666",
        "the socket's permissions: who may connect at all", control<&Control::mode>()},
    Key{"control.max_connections", "count", "connections", "128", "8", "4096",
        "more are turned away", control<&Control::max_connections>(), kLive},
    Key{"control.reserved_connections", "count", "connections", "16", "1", "64",
        "more, for pause, halt, status and hello only, when the others are taken; below "
        "max_connections",
        control<&Control::reserved_connections>(), kLive},
    Key{"control.max_per_uid", "count", "connections", "32", "1", "4096",
        "of one system user; not above max_connections", control<&Control::max_per_uid>(), kLive},
    Key{"control.in_flight_max", "count", "requests", "16", "1", "1024",
        "unanswered requests of one connection", control<&Control::in_flight_max>(), kLive},
    Key{"control.requests_per_second", "count", "requests/s", "50", "1", "100000",
        "of one system user, in the long run (status, health: 200 a connection, if not more here)",
        control<&Control::requests_per_second>(), kLive},
    Key{"control.burst", "count", "requests", "200", "1", "100000",
        "of one system user, at once; not below requests_per_second", control<&Control::burst>(),
        kLive},
    Key{"control.frame_max_kib", "count", "KiB", "1024", "64", "1024",
        "longest request line; of connections that open later", control<&Control::frame_max_kib>(),
        kLive},
    Key{"control.hello_timeout", "duration", "", "5s", "100ms", "1m",
        "a connection that has not said hello by then is closed",
        control<&Control::hello_timeout>(), kLive},
    Key{"control.write_timeout", "duration", "", "30s", "1s", "10m",
        "a client that does not read for so long is cut off", control<&Control::write_timeout>(),
        kLive},
    Key{"engine.batch_rows_max", "count", "rows", "10000", "1", "100000",
        "a replay's batch is closed at this size", engine<&Engine::batch_rows_max>(), kLive},
    Key{"engine.batch_ms_max", "duration", kMs, "50", "1", "1000", "or at this age",
        engine<&Engine::batch_ms_max>(), kLive},
    Key{"engine.batches_ahead_max", "count", "batches", "64", "1", "1024",
        "how far the shard may run ahead of the store", engine<&Engine::batches_ahead_max>(),
        kLive},
    Key{"engine.ahead_ms_max", "duration", kMs, "1000", "10", "10000",
        "and how long; past it no entries, and mutations are answered 75",
        engine<&Engine::ahead_ms_max>(), kLive},
    Key{"engine.ride_along_ms", "duration", kMs, "250", "0", "5000",
        "rows nobody waits for are committed at the latest after this",
        engine<&Engine::ride_along_ms>(), kLive},
    Key{"engine.price_snapshot_every", "duration", "", "1m", "1s", "1h",
        "one stored price per pair and this time", engine<&Engine::price_snapshot_every>(), kLive},
    Key{"security.deployment", "name", "", "core-vault", "", "",
        "names this installation for ever: a secret opens in no other",
        security<&Security::deployment>()},
    Key{"security.master_key_file", "path", "", "master.key", "", "",
        "32 random bytes that seal all secrets, made if it is not there; the systemd credential "
        "master.key goes before it",
        security<&Security::master_key_file>()},
    Key{"security.known_bad_passwords", "path", "", "known-bad-passwords.txt", "", "",
        "passwords that nobody may choose, one a line; it need not be there",
        security<&Security::known_bad_passwords>()},
    Key{"security.registration", "word", "open or closed", "open", "", "",
        "whether whoever can connect may ask to become a member",
        security<&Security::registration>(), kLive},
    Key{"security.second_factor", "word", "optional or required", "optional", "", "",
        "whether everybody needs one", security<&Security::second_factor>(), kLive},
    Key{"quota.accounts_per_user", "count", "accounts", "100", "1", "100000",
        "the most that one user may have", at<&Config::quota, &Quota::accounts_per_user>(), kLive},
    Key{"quota.vaults_per_user", "count", "vaults", "1000", "1", "100000",
        "the most that one user may have", at<&Config::quota, &Quota::vaults_per_user>(), kLive},
    Key{"quota.keys_per_account", "count", "API keys", "16", "1", "1000",
        "the most of one account that are not retired",
        at<&Config::quota, &Quota::keys_per_account>(), kLive},
    Key{"risk.asset", "asset", "", "USDT", "", "",
        "of the caps here and of users; other assets count at the last price of their account",
        risk<&Risk::asset>()},
    Key{"risk.max_daily_loss", "cap", "of risk.asset", "off", "0.00000001", "1000000000000",
        "most that all vaults together may lose since midnight UTC, unrealised included",
        risk<&Risk::max_daily_loss>(), kLive},
    Key{"risk.max_daily_loss_on_trip", "word", "entries, all or liquidate", "entries", "", "",
        "what it blocks then: buys, all orders, or first sell everything",
        risk<&Risk::max_daily_loss_on_trip>(), kLive},
    Key{"risk.max_drawdown", "cap", "fraction", "off", "0.00000001", "0.99999999",
        "most that all vaults together may fall from their highest worth",
        risk<&Risk::max_drawdown>(), kLive},
    Key{"risk.max_drawdown_on_trip", "word", "entries, all or liquidate", "entries", "", "",
        "what it blocks then", risk<&Risk::max_drawdown_on_trip>(), kLive},
    Key{"risk.max_exposure_per_base", "cap", "of risk.asset", "off", "0.00000001", "1000000000000",
        "worth of one coin in all vaults together; no more is bought",
        risk<&Risk::max_exposure_per_base>(), kLive},
    Key{"risk.max_trades_per_day", "count", "buys or off", "off", "1", "1000000000",
        "sent by all vaults together since midnight UTC of their accounts",
        risk<&Risk::max_trades_per_day>(), kLive},
    Key{"risk.price_band", "rate", "fraction of the last price", "0.05", "0.0001", "1",
        "how far from it an order may be; an exit is tried again", risk<&Risk::price_band>(),
        kLive},
    Key{"risk.max_order", "cap", "of risk.asset", "off", "0.00000001", "1000000000000",
        "what one buy may take, fee inside", risk<&Risk::max_order>(), kLive},
    Key{"risk.max_orders_per_minute", "count", "orders or off", "off", "1", "1000000",
        "sent by one account, by its clock; stop-losses and liquidations count but never wait",
        risk<&Risk::max_orders_per_minute>(), kLive},
    Key{"risk.caps_reset_daily", "word", "true or false", "false", "", "",
        "loss caps that have tripped end with their UTC day; else with vaultctl resume",
        risk<&Risk::caps_reset_daily>(), kLive},
    Key{"paper.fee_rate", "rate", "fraction of one side's cost", "0.004", "0", "0.1",
        "what the simulated exchange charges; all of paper is for accounts added later",
        paper<&Paper::fee_rate>(), kLive},
    Key{"paper.slippage", "rate", "fraction of the price", "0.0005", "0", "0.1",
        "how much worse than the price an order fills, or half the spread of a live book if that "
        "is more; over its max_slippage a sleeve buys nothing",
        paper<&Paper::slippage>(), kLive},
    Key{"paper.fee_in", "fee asset", "quote or base", "quote", "", "",
        "which coin a buy's fee is taken from", paper<&Paper::fee_in>(), kLive},
    Key{"paper.partial_fill_per_million", "count", "chances in 10^6 per tick", "0", "0", "1000000",
        "that an order fills in part only", paper<&Paper::partial_fill_per_million>(), kLive},
    Key{"paper.reject_per_million", "count", "chances in 10^6 per order", "0", "0", "1000000",
        "that an order is rejected", paper<&Paper::reject_per_million>(), kLive},
    Key{"paper.latency_ticks", "count", "ticks of the pair", "0", "0", "1000",
        "let pass before an order fills", paper<&Paper::latency_ticks>(), kLive},
    Key{"kraken.rest", "address", "https", "https://api.kraken.com", "", "",
        "Kraken's REST API, which tells what API keys may do", kraken<&Kraken::rest>()},
    Key{"kraken.websocket", "address", "wss", "wss://ws.kraken.com/v2", "", "",
        "its prices, while there is an account of kraken", kraken<&Kraken::websocket>()},
    Key{"kraken.ca_file", "program", "", "none", "", "",
        "roots that its certificates must lead to, in PEM; none: those of the system",
        kraken<&Kraken::ca_file>()},
    Key{"kraken.pairs", "pairs", "", "ETH/USD BTC/USD ETH/USDT BTC/USDT ETH/EUR BTC/EUR USDT/USD",
        "", "", "whose prices are followed; vaults on kraken can trade these",
        kraken<&Kraken::pairs>()},
    Key{"candles.path", "path", "", "candles", "", "", "folder of the imported candle files",
        at<&Config::candles, &Candles::path>()},
    Key{"backups.path", "path", "", "backups", "", "", "folder of the backups of the store",
        at<&Config::backups, &Backups::path>()},
    Key{"runner.socket", "path", "", "/run/vaultd-runner.sock", "", "",
        "where systemd listens for vaultd-runner, which runs users' scripts",
        at<&Config::runner, &Runner::socket>()},
    Key{"runner.hooks_socket", "path", "", "/run/vaultd-hooks.sock", "", "",
        "where systemd listens for vaultd-runner --hooks, which runs alert hooks and sendmail",
        at<&Config::runner, &Runner::hooks_socket>()},
    Key{"runner.program", "path", "", "vaultd-runner", "", "",
        "where there is no such socket vaultd starts this one, beside it unless it begins with /",
        at<&Config::runner, &Runner::program>()},
    Key{"runner.scripts", "path", "", "/srv/vaultd-scripts", "", "",
        "scripts of the user alice lie in the folder alice in here",
        at<&Config::runner, &Runner::scripts>()},
    Key{"alerts.repeat_after", "duration", "", "1h", "0s", "7d",
        "the same alert again within this is counted, not sent", alerts<&Alerts::repeat_after>(),
        kLive},
    Key{"alerts.retry_after", "duration", "", "10s", "100ms", "1h",
        "a delivery that failed is tried again after this, then after twice that, up to 15m",
        alerts<&Alerts::retry_after>(), kLive},
    Key{"alerts.give_up_after", "duration", "", "1d", "1s", "30d",
        "and given up when it has failed for so long; alert list shows it",
        alerts<&Alerts::give_up_after>(), kLive},
    Key{"alerts.idle_after", "duration", "", "15m", "0s", "30d",
        "a sleeve that nothing holds and that is shown no price for so long makes an alert; 0s: "
        "never",
        alerts<&Alerts::idle_after>(), kLive},
    Key{"alerts.heartbeat_url", "url", "", "none", "", "",
        "fetched while every loop of the daemon makes progress, so that silence is noticed "
        "elsewhere",
        alerts<&Alerts::heartbeat_url>(), kLive},
    Key{"alerts.heartbeat_command", "program", "", "none", "", "",
        "run by vaultd-runner --hooks as often and on the same condition",
        alerts<&Alerts::heartbeat_command>(), kLive},
    Key{"alerts.heartbeat_every", "duration", "", "1m", "1s", "1d", "how often",
        alerts<&Alerts::heartbeat_every>(), kLive},
    Key{"alerts.sendmail", "program", "", "/usr/sbin/sendmail", "", "",
        "takes the mails of targets that have an address", alerts<&Alerts::sendmail>(), kLive},
    Key{"log.level", "level", "debug, info, notice, warning, error or alert", "info", "", "",
        "the least severe event that is logged", at<&Config::log, &Log::level>(), kLive},
};

struct LevelName {
    LogLevel level;
    std::string_view name;
};
constexpr std::array<LevelName, 6> kLevels{{{LogLevel::Debug, "debug"},
                                            {LogLevel::Info, "info"},
                                            {LogLevel::Notice, "notice"},
                                            {LogLevel::Warning, "warning"},
                                            {LogLevel::Error, "error"},
                                            {LogLevel::Alert, "alert"}}};

struct OnTripName {
    OnTrip on_trip;
    std::string_view name;
};
constexpr std::array<OnTripName, 3> kOnTrips{
    {{OnTrip::Entries, "entries"}, {OnTrip::All, "all"}, {OnTrip::Liquidate, "liquidate"}}};

Error wrong(const Key& key, std::string_view text, std::string_view what) {
    return Error{Errc::ConfigInvalid,
                 fmt::format("{}: '{}' {}", key.name, text.substr(0, 60), what),
                 std::string{key.name},
                 fmt::format("accepted: {}; default {}", range_text(key), key.fallback)};
}

Result<std::uint64_t> read_number(const Key& key, std::string_view text, int base) {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [at, status] = std::from_chars(text.data(), end, value, base);
    if (status == std::errc{} && at == end) return value;
    return wrong(key, text,
                 base == 8 ? "is not an octal mode such as 0660" : "is not a whole number");
}

bool is_loopback(const std::string& host) {
    if (host == "localhost" || host == "::1") return true;
    in_addr address{};
    return ::inet_pton(AF_INET, host.c_str(), &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

Result<void> check_address(const Key& key, std::string_view text) {
    const bool socket = key.unit == "wss";
    const auto url = socket ? parse_ws_url(text) : parse_url(text);
    if (!url) return wrong(key, text, url.error().message());
    if (!url.value().tls && !is_loopback(url.value().host))
        return wrong(key, text, "would go in the clear, which is for the loopback alone");
    if (!socket && url.value().target != "/") return wrong(key, text, "has a path");
    return success();
}

Result<std::string> read(const Key& key, std::string_view text, const std::string*) {
    if (text.empty()) return wrong(key, text, "is empty");
    if (text.find('\0') != std::string_view::npos) return wrong(key, text, "has a NUL in it");
    if (key.type == "url" && text != "none") {
        // Not shown: its path may be a secret of the receiver's.
        if (const auto url = parse_url(text); !url) return wrong(key, "…", url.error().message());
    }
    if (key.type == "address") {
        VAULT_TRYV(check_address(key, text));
    }
    if (key.type == "program" && !text.starts_with('/') && text != key.fallback)
        return wrong(key, text, "is no absolute path");
    constexpr std::string_view kOfNames = "abcdefghijklmnopqrstuvwxyz0123456789-";
    const bool bad = text.size() > 64 || text.find_first_not_of(kOfNames) != std::string_view::npos;
    if (key.type == "name" && bad) return wrong(key, text, "is no name of an installation");
    if (key.type == "asset" && !Asset::parse(text)) return wrong(key, text, "is no asset");
    return std::string{text};
}
Result<std::uint64_t> read(const Key& key, std::string_view text, const std::uint64_t*) {
    return read_number(key, text, 10);
}
Result<std::uint32_t> read(const Key& key, std::string_view text, const std::uint32_t*) {
    VAULT_TRY(const std::uint64_t value, read_number(key, text, 8));
    if (value > 07777) return wrong(key, text, "is no set of permission bits");
    return static_cast<std::uint32_t>(value);
}
Result<Duration> read(const Key& key, std::string_view text, const Duration*) {
    if (key.unit != kMs) {
        const auto duration = parse_duration(text);
        if (!duration) return wrong(key, text, "is not a duration such as 30s, 8h or 1d12h");
        return duration.value();
    }
    VAULT_TRY(const std::uint64_t value, read_number(key, text, 10));
    constexpr std::uint64_t kMost = 3'153'600'000'000;  // a hundred years, as for durations
    if (value > kMost) return wrong(key, text, "is out of range");
    return Duration{static_cast<Duration::rep>(value)};
}
Result<Decimal> read(const Key& key, std::string_view text, const Decimal*) {
    const auto value = Decimal::parse(text);
    if (!value) return wrong(key, text, "is not a plain decimal such as 0.004");
    return value.value();
}
Result<std::optional<Decimal>> read(const Key& key, std::string_view text,
                                    const std::optional<Decimal>*) {
    if (text == "off") return std::optional<Decimal>{};
    const auto value = Decimal::parse(text);
    if (!value) return wrong(key, text, "is neither a plain decimal such as 0.1 nor off");
    return std::optional{value.value()};
}
Result<std::optional<std::uint64_t>> read(const Key& key, std::string_view text,
                                          const std::optional<std::uint64_t>*) {
    if (text == "off") return std::optional<std::uint64_t>{};
    VAULT_TRY(const std::uint64_t value, read_number(key, text, 10));
    return std::optional{value};
}
Result<std::vector<Pair>> read(const Key& key, std::string_view text, const std::vector<Pair>*) {
    std::vector<Pair> pairs;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (word.empty()) continue;
        const auto pair = Pair::parse(word);
        if (!pair) return wrong(key, word, "is no pair such as ETH/USD");
        if (std::ranges::find(pairs, pair.value()) != pairs.end())
            return wrong(key, word, "is there twice");
        pairs.push_back(pair.value());
    }
    if (pairs.empty()) return wrong(key, text, "names no pair");
    if (pairs.size() > kPairsMost) return wrong(key, text, "has more than 200 pairs");
    return pairs;
}
Result<bool> read(const Key& key, std::string_view text, const bool*) {
    if (text != "true" && text != "false") return wrong(key, text, "is neither true nor false");
    return text == "true";
}
Result<OnTrip> read(const Key& key, std::string_view text, const OnTrip*) {
    for (const OnTripName& known : kOnTrips)
        if (known.name == text) return known.on_trip;
    return wrong(key, text, "is none of entries, all and liquidate");
}
Result<LogLevel> read(const Key& key, std::string_view text, const LogLevel*) {
    for (const LevelName& known : kLevels)
        if (known.name == text) return known.level;
    return wrong(key, text, "is not a log level");
}
Result<FeeIn> read(const Key& key, std::string_view text, const FeeIn*) {
    if (text == "quote") return FeeIn::Quote;
    if (text == "base") return FeeIn::Base;
    return wrong(key, text, "is neither quote nor base");
}

Result<Registration> read(const Key& key, std::string_view text, const Registration*) {
    if (text == "open") return Registration::Open;
    if (text == "closed") return Registration::Closed;
    return wrong(key, text, "is neither open nor closed");
}
Result<SecondFactor> read(const Key& key, std::string_view text, const SecondFactor*) {
    if (text == "optional") return SecondFactor::Optional;
    if (text == "required") return SecondFactor::Required;
    return wrong(key, text, "is neither optional nor required");
}

template <class T>
bool is_off(const std::optional<T>& value) {
    return !value;
}
template <class T>
bool is_off(const T&) {
    return false;
}

template <class T>
Result<T> read_in_range(const Key& key, std::string_view text) {
    VAULT_TRY(T value, read(key, text, static_cast<const T*>(nullptr)));
    if constexpr (!std::is_same_v<T, std::string> && !std::is_same_v<T, std::vector<Pair>>) {
        if (!key.low.empty()) {
            VAULT_TRY(const T low, read(key, key.low, static_cast<const T*>(nullptr)));
            VAULT_TRY(const T high, read(key, key.high, static_cast<const T*>(nullptr)));
            if (!is_off(value) && (value < low || value > high))
                return wrong(key, text, "is out of range");
        }
    }
    return value;
}

std::string write(const Key&, const std::string& value) {
    return value;
}
std::string write(const Key&, std::uint64_t value) {
    return std::to_string(value);
}
std::string write(const Key&, std::uint32_t value) {
    return fmt::format("{:04o}", value);
}
std::string write(const Key& key, Duration value) {
    return key.unit == kMs ? std::to_string(value.count()) : format_duration(value);
}
std::string write(const Key&, Decimal value) {
    return value.text();
}
template <class T>
std::string write(const Key& key, const std::optional<T>& value) {
    return value ? write(key, *value) : "off";
}
std::string write(const Key&, const std::vector<Pair>& value) {
    std::string text;
    for (const Pair& pair : value)
        text += (text.empty() ? "" : " ") + pair.text();
    return text;
}
std::string write(const Key&, bool value) {
    return value ? "true" : "false";
}
std::string write(const Key&, OnTrip value) {
    const auto* const known = std::find_if(kOnTrips.begin(), kOnTrips.end(),
                                           [&](const OnTripName& x) { return x.on_trip == value; });
    return std::string{known->name};
}
std::string write(const Key&, LogLevel value) {
    const auto* const known = std::find_if(kLevels.begin(), kLevels.end(),
                                           [&](const LevelName& x) { return x.level == value; });
    return std::string{known->name};
}
std::string write(const Key&, FeeIn value) {
    return value == FeeIn::Quote ? "quote" : "base";
}
std::string write(const Key&, Registration value) {
    return value == Registration::Open ? "open" : "closed";
}
std::string write(const Key&, SecondFactor value) {
    return value == SecondFactor::Optional ? "optional" : "required";
}

}  // namespace

std::string range_text(const Key& key) {
    if (key.type == "path") return "a path";
    if (key.type == "program")
        return key.fallback == "none" ? "an absolute path, or none" : "an absolute path";
    if (key.type == "url") return "a URL such as https://host/path, or none";
    if (key.type == "address")
        return fmt::format("an address of {0}, or of {1} on the loopback", key.unit,
                           key.unit.substr(0, key.unit.size() - 1));
    if (key.type == "pairs") return "1 to 200 pairs such as ETH/USD, with blanks between them";
    if (key.type == "name") return "1 to 64 of a-z, 0-9 and -";
    if (key.type == "asset") return "an asset such as USDT";
    if (key.low.empty()) return fmt::format("one of {}", key.unit);
    const std::string unit = key.unit.empty() ? "" : fmt::format(" {}", key.unit);
    const std::string off = key.type == "cap" ? ", or off" : "";
    return fmt::format("{} to {}{}{}", key.low, key.high, unit, off);
}

std::span<const Key> keys() {
    return kKeys;
}

const Key* find_key(std::string_view name) {
    const auto* const key =
        std::find_if(kKeys.begin(), kKeys.end(), [&](const Key& k) { return k.name == name; });
    return key == kKeys.end() ? nullptr : key;
}

Result<void> assign(Config& config, const Key& key, std::string_view text) {
    const auto put = [&](auto slot) -> Result<void> {
        using Value = std::remove_reference_t<decltype(slot(config))>;
        VAULT_TRY(slot(config), read_in_range<Value>(key, text));
        return success();
    };
    return std::visit(put, key.slot);
}

std::string value_text(const Config& config, const Key& key) {
    Config copy = config;
    return std::visit([&](auto slot) { return write(key, slot(copy)); }, key.slot);
}

Result<void> check_together(const Config& c) {
    // The second key goes into the hint: it is where the fault stands if the first is a default.
    const auto conflict = [&](std::string_view name, std::string_view rule,
                              std::string_view other) -> Result<void> {
        return Error{Errc::ConfigInvalid,
                     fmt::format("{}: must {} {} ({} against {})", name, rule, other,
                                 value_text(c, *find_key(name)), value_text(c, *find_key(other))),
                     std::string{name}, std::string{other}};
    };
    const Retention& kept_for = c.store.retention;
    if (c.store.disk_alert_pct >= c.store.disk_stop_buys_pct)
        return conflict("store.disk_alert_pct", "be below", "store.disk_stop_buys_pct");
    if (kept_for.prices < kept_for.prices_full)
        return conflict("store.retention.prices", "not be below", "store.retention.prices_full");
    if (c.control.reserved_connections >= c.control.max_connections)
        return conflict("control.reserved_connections", "be below", "control.max_connections");
    if (c.control.max_per_uid > c.control.max_connections)
        return conflict("control.max_per_uid", "not be above", "control.max_connections");
    if (c.control.burst < c.control.requests_per_second)
        return conflict("control.burst", "not be below", "control.requests_per_second");
    return success();
}

std::string env_name(const Key& key) {
    std::string name = "VAULTD_";
    for (const char c : key.name)
        name += c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return name;
}

}  // namespace vault::config
