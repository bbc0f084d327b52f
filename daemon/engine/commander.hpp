#pragma once
// Commander: applies one command of a person to the world, in a turn. Every handler checks first
// and changes after; what still fails midway is undone by the Shard from its backup. A command says
// its time by the clock of the account it is about: virtual under replay, so that two runs agree.
// Made for one command; the shard's thread.
#include "daemon/engine/key_machine.hpp"
#include "daemon/engine/market_runner.hpp"

#include <limits>
#include <set>

namespace vault::engine {

struct EngineOptions {
    exchange::SimSettings paper;                   // of new paper accounts
    std::map<Pair, PairRules> catalogue;           // of paper
    std::set<std::string, std::less<>> exchanges;  // that are connected
    std::string scripts_path;                      // has one folder for each user
    Duration price_snapshot_every{60'000};
    std::size_t batch_rows_max = 10'000;
    Duration reply_life = std::chrono::hours{24};  // of a repeated call's first reply
    ports::AlertRules alerts{};
    // The most that one user may have; of API keys those that are not retired.
    std::size_t accounts_per_user = std::numeric_limits<std::size_t>::max();
    std::size_t vaults_per_user = std::numeric_limits<std::size_t>::max();
    std::size_t keys_per_account = std::numeric_limits<std::size_t>::max();
    Asset risk_asset;        // in which users and the daemon are summed up
    risk::Caps daemon_caps;  // of the whole daemon
    risk::OrderRules order_rules;
};

class Commander {
  public:
    Commander(World& world, Recorder& recorder, const EngineOptions& options,
              ports::FeedFactory& feeds, const Clock& clock, const ports::CallContext& context)
        : world_(world),
          recorder_(recorder),
          options_(options),
          feeds_(feeds),
          clock_(clock),
          context_(context) {}

    Result<ports::View> apply(const ports::Command& command);
    // What it changed, for the audit trail, where the call's parameters cannot tell it.
    const std::string& told() const { return told_; }
    // Accounts whose windows no longer fit their sleeves.
    const std::vector<AccountId>& to_rebind() const { return rebind_; }

    // One overload per command (users, keys, vaults, sleeves, holds, paper, positions, replays).
    Result<ports::View> on(const ports::cmd::CreateUser& c);
    Result<ports::View> on(const ports::cmd::SetStatus& c);
    Result<ports::View> on(const ports::cmd::SetRole& c);
    Result<ports::View> on(const ports::cmd::SetPermissions& c);
    Result<ports::View> on(const ports::cmd::AddKey& c);
    Result<ports::View> on(const ports::cmd::CheckKey& c);
    Result<ports::View> on(const ports::cmd::CheckedKey& c);
    Result<ports::View> on(const ports::cmd::RetireKey& c);
    Result<ports::View> on(const ports::cmd::RemoveKey& c);
    Result<ports::View> on(const ports::cmd::SetKeyPolicy& c);
    Result<ports::View> on(const ports::cmd::ListKeys& c);
    Result<ports::View> on(const ports::cmd::ChangeIdentity& c);
    Result<ports::View> on(const ports::cmd::ListUsers& c);
    Result<ports::View> on(const ports::cmd::SetWallets& c);
    Result<ports::View> on(const ports::cmd::AddAccount& c);
    Result<ports::View> on(const ports::cmd::ListAccounts& c);
    Result<ports::View> on(const ports::cmd::RemoveAccount& c);
    Result<ports::View> on(const ports::cmd::Attribute& c);
    Result<ports::View> on(const ports::cmd::Amnesia& c);
    Result<ports::View> on(const ports::cmd::SettleHistory& c);
    Result<ports::View> on(const ports::cmd::SkipHistory& c);
    Result<ports::View> on(const ports::cmd::PaperFunding& c);
    Result<ports::View> on(const ports::cmd::PaperTrade& c);
    Result<ports::View> on(const ports::cmd::CreateVault& c);
    Result<ports::View> on(const ports::cmd::ListVaults& c);
    Result<ports::View> on(const ports::cmd::ListMarks& c);
    Result<ports::View> on(const ports::cmd::ShowVault& c);
    Result<ports::View> on(const ports::cmd::SetTradeable& c);
    Result<ports::View> on(const ports::cmd::Allocate& c);
    Result<ports::View> on(const ports::cmd::Unallocate& c);
    Result<ports::View> on(const ports::cmd::Release& c);
    Result<ports::View> on(const ports::cmd::SetReserve& c);
    Result<ports::View> on(const ports::cmd::SetAutoRaise& c);
    Result<ports::View> on(const ports::cmd::SetPairs& c);
    Result<ports::View> on(const ports::cmd::RefreshVault& c);
    Result<ports::View> on(const ports::cmd::SetMode& c);
    Result<ports::View> on(const ports::cmd::Pause& c);
    Result<ports::View> on(const ports::cmd::Halt& c);
    Result<ports::View> on(const ports::cmd::Resume& c);
    Result<ports::View> on(const ports::cmd::Liquidate& c);
    Result<ports::View> on(const ports::cmd::ListSleeves& c);
    Result<ports::View> on(const ports::cmd::ShowSleeve& c);
    Result<ports::View> on(const ports::cmd::SetSleeve& c);
    Result<ports::View> on(const ports::cmd::SetStrategy& c);
    Result<ports::View> on(const ports::cmd::ShowCaps& c);
    Result<ports::View> on(const ports::cmd::SetCaps& c);
    Result<ports::View> on(const ports::cmd::MarkLevel& c);
    Result<ports::View> on(const ports::cmd::ListPositions& c);
    Result<ports::View> on(const ports::cmd::ResolvePosition& c);
    Result<ports::View> on(const ports::cmd::WriteDown& c);
    Result<ports::View> on(const ports::cmd::AdoptPosition& c);
    Result<ports::View> on(const ports::cmd::ReplayStart& c);
    Result<ports::View> on(const ports::cmd::ReplayRun& c);
    Result<ports::View> on(const ports::cmd::ReplayStatus& c);
    Result<ports::View> on(const ports::cmd::ReplayStop& c);
    Result<ports::View> on(const ports::cmd::ShowMarket& c);
    Result<ports::View> on(const ports::cmd::ListJobs& c);
    Result<ports::View> on(const ports::cmd::ShowJob& c);
    Result<ports::View> on(const ports::cmd::CancelJob& c);
    Result<ports::View> on(const ports::cmd::CorrectEntry& c);
    Result<ports::View> on(const ports::cmd::ListPresets& c);
    Result<ports::View> on(const ports::cmd::ShowPreset& c);
    Result<ports::View> on(const ports::cmd::CreatePreset& c);
    Result<ports::View> on(const ports::cmd::RemovePreset& c);
    Result<ports::View> on(const ports::cmd::ShowStatus& c);
    Result<ports::View> on(const ports::cmd::ShowTop& c);
    Result<ports::View> on(const ports::cmd::ListAlerts& c);
    Result<ports::View> on(const ports::cmd::SeeAlerts& c);
    Result<ports::View> on(const ports::cmd::TestAlert& c);
    Result<ports::View> on(const ports::cmd::SettleDelivery& c);
    Result<ports::View> on(const ports::cmd::Raise& c);
    Result<ports::View> on(const ports::cmd::Note& c);
    Result<ports::View> on(const ports::cmd::Barrier& c);

  private:
    // What the caller may not see is not there, as far as he is told.
    bool sees(UserId owner) const;
    bool sees(const ports::AlertRow& alert) const;
    ports::AlertRow as_shown(ports::AlertRow alert) const;
    Result<void> may_have_more(std::size_t has, std::size_t most, std::string_view of_what) const;
    Result<void> leaves_an_admin(const User& without) const;
    std::size_t pending_users() const;
    Result<ports::ApiKeyRow*> api_key(ApiKeyId id);
    Result<void> may_add_key(const ports::cmd::AddKey& c);
    void put_key(ports::ApiKeyRow row);
    void put_policy(const ports::KeyPolicyRow& row);
    void advance_key(ApiKeyId id, const KeyEvent& event);
    void take_findings(ApiKeyId id, const ports::KeyFindings& findings);
    void go_on_rotating(AccountId account);
    std::vector<ports::ApiKeyRow> keys_of_accounts() const;
    void tell_key(const ports::ApiKeyRow& row, std::string message);
    Result<ports::SecretChanges> give_up_keys(AccountId account) const;
    void tell_alerts(const KeyStep& step);
    std::vector<ports::KeyPolicyRow> policies_of(AccountId account) const;
    ports::KeyPolicyView policy_view(const Vault& vault) const;
    Result<Vault*> vault(VaultId id);
    Result<Account*> account(AccountId id);
    Error not_listed(const Account& account, const Pair& pair) const;
    Result<User*> user(const std::string& name);
    Result<std::vector<const Vault*>> chosen(const ports::cmd::VaultChoice& choice);
    Result<void> is_empty(const Account& account) const;
    // Other settings of a sleeve, `next`, once they fit together.
    Result<void> put_in_force(Vault& vault, Sleeve next, bool apply_to_open);
    Result<Preset> preset(const User& owner, const std::string& name, std::string_view field) const;
    Result<Preset> preset_for(const Vault& vault, const std::string& name) const;
    Result<Preset> base_of(const User& owner, const ports::cmd::CreatePreset& c);
    Result<Job*> job(JobId id);
    // The job that carries this command on; none in a dry run.
    std::optional<JobId> begin_job(std::string_view method, std::string object);
    UtcTime now(const Vault& vault) const;
    // A transaction caused by this command on this vault.
    ledger::Transaction transaction(Vault& vault);
    void adopt(Vault& vault, ledger::Transaction&& tx);
    static Result<void> has_slots(Vault& vault, const ledger::VaultBooks& books);
    void unallocation_rows(const Vault& vault, const ledger::UnallocateFigures& figures);
    void allocation_row(const Vault& vault, std::string kind, std::string sleeve, Decimal amount);
    void tell_funding(const Vault& vault, std::string_view event, std::string message);

    Result<void> fund(Account& account, const exchange::FundingRecord& record, Decimal spare);
    Result<void> book_withdrawal(Vault& vault, const exchange::FundingRecord& record,
                                 Decimal spare);
    Result<void> book_deposit(Vault& vault, const exchange::FundingRecord& record);
    Result<void> book_hand_sale(Account& account, const exchange::HandTrade& trade,
                                const Pair& pair, Decimal spare);
    Result<PairSlot*> traded_slot(Vault& vault, SleeveKind kind, const std::optional<Pair>& pair);
    Result<PairSlot*> slot(Vault& vault, SleeveKind kind, const std::optional<Pair>& pair);
    void leave_replay(Account& account, const Pair& next);
    static std::string next_without_decision(const Account& account, const Vault& vault,
                                             SleeveKind sleeve, const PairSlot& slot);
    Result<void> settle_own_vault(const Account& account, const Asset& base, Decimal gone);
    Decimal own_balance(const Account& account, const Asset& asset) const;

    Result<void> set_caps(risk::Caps& caps, const ports::cmd::SetCaps& c, risk::Level level) const;
    Result<void> set_settings(Vault& vault, SleeveKind kind,
                              const std::map<std::string, std::string>& settings,
                              bool apply_to_open);
    void note_history(Account& account, std::optional<UtcTime> unread_since, std::string history);
    // After a change of the account's history, or its first key.
    void refresh_hold(Account& account);
    Result<Account*> unread(AccountId id);
    Result<ports::PauseView> hold(const ports::cmd::Target& target, HoldRequest request,
                                  const std::string& why);
    Result<std::vector<Vault*>> vaults_of(const ports::cmd::Target& target);
    bool end_caps(const ports::cmd::Target& target);
    void apply_hold(Vault& vault, Sleeve& sleeve, HoldRequest request);
    Result<void> choose_script(Vault& vault, Sleeve& next, const ports::cmd::SetStrategy& c);
    Result<bool> clear_attention(Vault& vault, const Sleeve* only);

    World& world_;
    Recorder& recorder_;
    const EngineOptions& options_;
    ports::FeedFactory& feeds_;
    const Clock& clock_;
    const ports::CallContext& context_;
    std::vector<AccountId> rebind_;
    std::string told_;
};

bool mutates(const ports::Command& command);

}  // namespace vault::engine
