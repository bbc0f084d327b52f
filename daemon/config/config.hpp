#pragma once
// Config: what config.yaml says, checked and typed. The one table of keys (keys.hpp) holds each
// key's unit, range and default; config.example.yaml shows them all. main() owns the Config and
// hands the sections down by value; nothing here changes while the daemon runs. Paths that do not
// start with '/' are below the state directory. Reading blocks on one small file; call it at start.
//
// A file that is wrong in any way gives one Error (ConfigInvalid) that lists every fault as
// "file:line:column: what is wrong", with the nearest known key where one is near.
#include "common/base/log.hpp"
#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/domain/market.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vault::config {

struct Retention {  // how long rows are kept; the books are kept for ever
    Duration prices_full{};
    Duration prices_thinned_every{};
    Duration prices{};
    Duration decisions{};
    Duration events{};
    Duration idempotency{};
};

struct Store {
    std::string path;
    std::uint64_t group_commit_rows = 0;
    std::uint64_t checkpoint_every_entries = 0;
    std::uint64_t ballast_mib = 0;
    std::uint64_t disk_alert_pct = 0;
    std::uint64_t disk_stop_buys_pct = 0;
    Retention retention;
};

struct Control {
    std::string socket;
    std::uint32_t mode = 0;  // permission bits of the socket
    std::uint64_t max_connections = 0;
    std::uint64_t reserved_connections = 0;  // more, for pause, halt, status, hello
    std::uint64_t max_per_uid = 0;
    std::uint64_t in_flight_max = 0;
    std::uint64_t requests_per_second = 0;
    std::uint64_t burst = 0;
    std::uint64_t frame_max_kib = 0;
    Duration hello_timeout{};
    Duration write_timeout{};
};

struct Engine {
    std::uint64_t batch_rows_max = 0;
    Duration batch_ms_max{};
    std::uint64_t batches_ahead_max = 0;
    Duration ahead_ms_max{};
    Duration ride_along_ms{};
    Duration price_snapshot_every{};
};

enum class FeeIn : std::uint8_t { Quote, Base };

struct Paper {
    Decimal fee_rate;  // of one side
    Decimal slippage;
    FeeIn fee_in = FeeIn::Quote;
    std::uint64_t partial_fill_per_million = 0;
    std::uint64_t reject_per_million = 0;
    std::uint64_t latency_ticks = 0;
    std::vector<PairRules> pairs;  // the whole catalogue; no pair twice
};

struct Kraken {
    std::string rest;         // where its REST API is, without a path
    std::string websocket;    // where its public WebSocket v2 is
    std::string ca_file;      // trusted roots, by an absolute path; "none": those of the system
    std::vector<Pair> pairs;  // that are followed; no pair twice
};

struct Quota {  // of one user
    std::uint64_t accounts_per_user = 0;
    std::uint64_t vaults_per_user = 0;
    std::uint64_t keys_per_account = 0;  // that are not retired
};

enum class OnTrip : std::uint8_t { Entries, All, Liquidate };

struct Risk {           // caps of the whole daemon; what is not set is off
    std::string asset;  // that they, and those of users, are in
    std::optional<Decimal> max_daily_loss;
    OnTrip max_daily_loss_on_trip = OnTrip::Entries;
    std::optional<Decimal> max_drawdown;
    OnTrip max_drawdown_on_trip = OnTrip::Entries;
    std::optional<Decimal> max_exposure_per_base;
    std::optional<std::uint64_t> max_trades_per_day;
    bool caps_reset_daily = false;
    Decimal price_band;  // order rules (daemon/risk/order_rules.hpp)
    std::optional<Decimal> max_order;
    std::optional<std::uint64_t> max_orders_per_minute;
};

enum class Registration : std::uint8_t { Open, Closed };
enum class SecondFactor : std::uint8_t { Optional, Required };

struct Security {
    std::string deployment;           // bound into every secret
    std::string master_key_file;      // where systemd gives no credential
    std::string known_bad_passwords;  // a list file; need not be there
    Registration registration = Registration::Open;
    SecondFactor second_factor = SecondFactor::Optional;
};

struct Candles {
    std::string path;
};

struct Backups {
    std::string path;
};

struct Runner {
    std::string socket;        // of the unit
    std::string hooks_socket;  // of the unit for alert hooks
    std::string program;       // started where there is no such socket
    std::string scripts;       // folder with one folder for each user
};

struct AlertTarget {
    std::string name;                    // unique; one of url, mail and command is set
    std::string url;                     // http or https
    std::string secret_file;             // of the signature; empty: none
    std::string ca_file;                 // trusted roots; empty: those of the system
    std::string mail{};                  // an address
    std::vector<std::string> command{};  // a program by its absolute path, and arguments
    std::string severity = "warning";    // and graver: info warning critical
    Duration quiet_from{}, quiet_to{};   // since midnight UTC; equal: never
    std::vector<std::string> users;      // only what is theirs; empty: everything
    friend bool operator==(const AlertTarget&, const AlertTarget&) = default;
};

struct Alerts {
    Duration repeat_after{};
    Duration retry_after{};
    Duration give_up_after{};
    Duration idle_after{};
    std::string heartbeat_url;      // "none": none
    std::string heartbeat_command;  // an absolute path; "none": none
    Duration heartbeat_every{};
    std::string sendmail;  // an absolute path
    std::vector<AlertTarget> targets;
};

struct Log {
    LogLevel level = LogLevel::Info;
};

struct Config {
    Store store;
    Control control;
    Engine engine;
    Security security;
    Quota quota;
    Risk risk;
    Paper paper;
    Kraken kraken;
    Candles candles;
    Backups backups;
    Runner runner;
    Alerts alerts;
    Log log;
};

// Every key at its default.
Config defaults();
// The defaults, changed by what the file says. Errors: ConfigInvalid; Io if it cannot be read.
Result<Config> load(const std::string& path);
// The same from text; `name` stands for the file in messages.
Result<Config> parse(const std::string& text, const std::string& name);

}  // namespace vault::config
