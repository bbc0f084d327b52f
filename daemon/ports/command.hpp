#pragma once
// What a person can ask of the engine, as typed values. The control room turns a validated request
// into one of them, and the shard carries it out (commands.hpp).
#include "common/base/clock.hpp"
#include "daemon/ports/account_commands.hpp"
#include "daemon/ports/alert.hpp"
#include "daemon/ports/people_commands.hpp"
#include "daemon/ports/presets.hpp"
#include "daemon/ports/rows.hpp"
#include "daemon/ports/top_view.hpp"
#include "daemon/ports/vault_lists.hpp"

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace vault::ports {

// A vault named by id; a user by name, so that a script can be written before ids are known.
namespace cmd {

struct ListUsers {};
struct SetWallets {
    std::string name;
    std::vector<Asset> add, remove;
};
struct CreateVault {
    AccountId account;
    Asset asset;
    std::optional<Decimal> balance;  // paper: put into the simulated wallet first
};
struct ShowVault {
    VaultId vault;
};
struct SetTradeable {
    VaultId vault;
    Decimal amount;
};
struct Allocate {
    VaultId vault;
    Decimal quiet, flash;  // deltas >= 0, not both 0
};
struct Unallocate {
    VaultId vault;
    Decimal quiet, flash;
};
struct Release {
    VaultId vault;
    Decimal amount;  // > 0
};
struct SetReserve {
    VaultId vault;
    std::optional<Decimal> pct;  // 0 <= pct < 100; none: off
};
enum class AutoRaiseMode : std::uint8_t { Off, Full, Percent };
struct SetAutoRaise {
    VaultId vault;
    AutoRaiseMode mode = AutoRaiseMode::Off;
    Decimal percent;             // 0 < percent <= 100 for Percent
    std::optional<Decimal> cap;  // ceiling of tradeable
};
struct SetPairs {
    VaultId vault;
    std::vector<Pair> add, remove;
    bool available = false;  // tell what could be added as well
};
struct RefreshVault {
    VaultId vault;
};
struct SetMode {
    VaultId vault;
    Mode mode = Mode::Paper;
};
// What a pause, resume, halt or liquidation is about: exactly one level.
struct Target {
    enum class Level : std::uint8_t { Sleeve, Vault, User, Daemon };
    Level level = Level::Daemon;
    VaultId vault;
    SleeveKind sleeve = SleeveKind::Quiet;
    std::string user;
};
struct Pause {
    Target target;
    std::string why;
};
struct Halt {
    Target target;
    std::string why;
};
struct Resume {
    Target target;
    std::string why;
};
struct Liquidate {
    Target target;  // vault or sleeve
    std::string why;
};
struct ListSleeves {};
struct ShowSleeve {
    VaultId vault;
    SleeveKind sleeve = SleeveKind::Quiet;
};
struct SetSleeve {
    VaultId vault;
    SleeveKind sleeve = SleeveKind::Quiet;
    std::map<std::string, std::string> settings;  // key -> text; "preset" applies one first
    bool apply_to_open = false;  // true: open positions take the exit parameters too
};
struct ShowCaps {
    std::optional<VaultId> vault;      // none: every level that has a cap
    std::optional<SleeveKind> sleeve;  // with a vault; none: both
};
struct SetCaps {
    Target target;                                // the daemon's are in the configuration
    std::map<std::string, std::string> settings;  // key -> text; off clears a cap
    bool may_raise = false;                       // the caller may let more pass than before
};
struct MarkLevel {  // what a risk test begins with
    Target target;
    std::map<std::string, std::string> proposed;  // caps instead of those in force; key -> text
};
struct SetStrategy {
    VaultId vault;
    SleeveKind sleeve = SleeveKind::Quiet;
    std::string strategy;      // cycle or script
    std::string preset;        // of cycle: its settings first; empty: as they are
    std::string command = {};  // of script: the program and its words
    std::string folder = {};   // below the user's folder of scripts; empty: that itself
    std::optional<Duration> deadline = std::nullopt;         // of each decision
    std::optional<std::uint64_t> memory_mib = std::nullopt;  // of each of its processes
};
struct ListPositions {
    std::optional<VaultId> vault;
};
struct ResolvePosition {
    enum class As : std::uint8_t { Sold, Withdrawn, Kept };
    VaultId vault;
    SleeveKind sleeve = SleeveKind::Quiet;
    std::optional<Pair> pair;  // none: the only one
    As as = As::Kept;
    std::optional<Price> price;  // Sold: at what price
};
struct WriteDown {
    VaultId vault;
    SleeveKind sleeve = SleeveKind::Quiet;
    std::optional<Pair> pair;
};
struct AdoptPosition {  // coins of the account that no vault has become a sleeve's
    VaultId vault;
    SleeveKind sleeve = SleeveKind::Quiet;
    std::optional<Pair> pair;  // none: the only one that the vault trades
    Quantity quantity;         // > 0
    Decimal cost;              // of all of it, in the vault's asset; > 0
    bool confirmed = false;    // the cost may be far from the price
};
struct ReplayStart {
    AccountId account;
    std::string source;        // absolute path of a CSV file, or "synthetic"
    std::optional<Pair> pair;  // none: from the file's name
    std::optional<Duration> interval;
    bool close_path = false;  // true: one tick per candle
    std::uint64_t seed = 1;
    std::optional<Decimal> speed;  // virtual seconds per second; none: as fast as possible
    std::optional<UtcTime> from, to;
};
struct ReplayRun {
    AccountId account;
    std::optional<UtcTime> until;  // none: to the end of the data
};
struct ReplayStatus {
    std::optional<AccountId> account;
};
struct ShowMarket {  // the pair as the account sees it
    AccountId account;
    Pair pair;
};
struct ReplayStop {
    AccountId account;
};
struct ListJobs {};
struct ShowJob {
    JobId job;
};
struct CancelJob {
    JobId job;
};
struct CorrectEntry {
    VaultId vault;
    std::uint64_t reverses = 0;  // seq of the entry
    std::string reason;
    std::optional<EntryRow> entry = std::nullopt;  // it as stored; the control room reads it
};
struct ShowStatus {};
// What was done or refused outside the shard, for the audit trail alone.
struct Note {
    bool applied = true;
    std::string message;   // of a refusal
    UserId user{};         // whose object it was about; 0: nobody's
    std::string object{};  // as AuditRow::object
};
struct Barrier {};  // changes nothing: its reply means that everything before it is durable

}  // namespace cmd

using Command = std::variant<
    cmd::CreateUser, cmd::SetStatus, cmd::SetRole, cmd::SetPermissions, cmd::AddKey,
    cmd::CheckedKey, cmd::CheckKey, cmd::RetireKey, cmd::RemoveKey, cmd::SetKeyPolicy,
    cmd::ListKeys, cmd::ChangeIdentity, cmd::ListUsers, cmd::SetWallets, cmd::AddAccount,
    cmd::ListAccounts, cmd::RemoveAccount, cmd::Attribute, cmd::Amnesia, cmd::SettleHistory,
    cmd::SkipHistory, cmd::PaperFunding, cmd::PaperTrade, cmd::CreateVault, cmd::ListVaults,
    cmd::ListMarks, cmd::ShowVault, cmd::SetTradeable, cmd::Allocate, cmd::Unallocate, cmd::Release,
    cmd::SetReserve, cmd::SetAutoRaise, cmd::SetPairs, cmd::RefreshVault, cmd::SetMode, cmd::Pause,
    cmd::Halt, cmd::Resume, cmd::Liquidate, cmd::ListSleeves, cmd::ShowSleeve, cmd::SetSleeve,
    cmd::ShowCaps, cmd::SetCaps, cmd::MarkLevel, cmd::SetStrategy, cmd::ListPositions,
    cmd::ResolvePosition, cmd::WriteDown, cmd::AdoptPosition, cmd::ReplayStart, cmd::ReplayRun,
    cmd::ReplayStatus, cmd::ReplayStop, cmd::ShowMarket, cmd::ListJobs, cmd::ShowJob,
    cmd::CancelJob, cmd::CorrectEntry, cmd::ListPresets, cmd::ShowPreset, cmd::CreatePreset,
    cmd::RemovePreset, cmd::ShowStatus, cmd::ShowTop, cmd::ListAlerts, cmd::SeeAlerts,
    cmd::TestAlert, cmd::SettleDelivery, cmd::Raise, cmd::Note, cmd::Barrier>;

}  // namespace vault::ports
