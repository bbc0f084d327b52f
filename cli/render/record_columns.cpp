#include "cli/render/record_columns.hpp"

#include "cli/render/table.hpp"
#include "common/protocol/codec.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace vault::render {
namespace {

// Columns apart by blanks; "@name" are those of a record, "quiet.@name" the same below quiet.
struct Record {
    std::string_view name;
    std::string_view columns;
};

constexpr std::array kRecords{
    Record{"user", "id name role status permissions wallets created_at"},
    Record{"session", "id uid origin created_at last_used_at idle_until expires_at stepped_up_at"},
    Record{"robot",
           "id label methods calls_per_minute uid created_at expires_at last_used_at revoked_at "
           "state"},
    Record{"account",
           "id user exchange label wallets vaults now created_at history_unread_since history"},
    Record{"key",
           "id account user exchange label key state state_since why check.at "
           "check.signature_accepted check.rights check.ip_restricted check.expires_at "
           "check.message next_check_at health.calls health.errors health.recent_errors "
           "health.auth_errors_in_row health.latency_ms health.last_success health.last_error "
           "health.rate_left_pct replaced_by allow_withdrawal created_at created_by"},
    Record{"who", "user account mode actor"},
    Record{"sleeve",
           "vault sleeve state idle_reason cash locked pending unallocate_requested positions_cost "
           "balance principal realised unrealised equity fees fee_float swept positions orders "
           "cycles strategy mode preset script.command script.folder script.deadline "
           "script.memory_mib script.phase script.fault settings last_fill_at pauses"},
    Record{"vault",
           "id user account asset mode state attention total tradeable reserve unallocated equity "
           "shortfall reserve_pct reserve_cap quiet.@sleeve flash.@sleeve pairs auto_raise.mode "
           "auto_raise.percent auto_raise.cap pauses created_at updated_at"},
    Record{"hold", "level target state by why since changed durable dry_run sleeves"},
    Record{
        "pair",
        "pair tick lot min_cost min_quantity status status_since renamed_to trouble selected price "
        "price_at price_frozen"},
    Record{"position",
           "vault sleeve pair state quantity held cost average_price price price_at price_stale "
           "price_frozen value unrealised opened_at kept_exits"},
    Record{"preset", "name user base note created_at created_by settings"},
    Record{"order",
           "id vault sleeve pair side state reason end_reason requested requested_asset "
           "filled_quantity filled_cost fee decided_at ended_at @who"},
    Record{"trade",
           "id trade_id order vault sleeve pair side at price quantity cost fee fee_asset realised "
           "reason "
           "cycle @who"},
    Record{"sweep", "id vault sleeve at kind amount cause cycle @who"},
    Record{"decision", "id vault sleeve pair at check action reason repeats figures order @who"},
    Record{"told", "id vault sleeve asset story figures postings"},
    Record{"job", "id method object state by detail started_at ended_at"},
    Record{"replay",
           "account state source pair interval seed position ticks now virtual_time until first "
           "last speed job"},
    Record{"store",
           "store.writable store.disk_used_pct store.alert store.buys_stopped "
           "store.full_check_done store.full_check_failed store.message"},
    Record{"checked", "ok result message file at by changes faults"},
    Record{"whose", "vault user account asset mode"},
};

struct Use {
    std::string_view methods;  // apart by blanks
    std::string_view columns;
};

constexpr std::array kUses{
    Use{"user.list user.create user.wallets user.approve user.disable user.enable user.set_role "
        "user.permit",
        "@user"},
    Use{"user.set_password", "user must_change ended"},
    Use{"register", "name status"},
    Use{"login", "user role session created_at idle_until expires_at must"},
    Use{"logout", "user session"},
    Use{"passwd", "user changed_at ended"},
    Use{"whoami",
        "name kind uid login_name role status permissions second_factor must session.@session "
        "session.stepped_up_until token.@robot"},
    Use{"session.list", "@session current stepped_up_until"},
    Use{"session.revoke", "revoked"},
    Use{"mfa.enroll", "user uri secret algorithm digits period"},
    Use{"mfa.confirm", "user second_factor recovery_codes"},
    Use{"mfa.verify", "user session stepped_up_until"},
    Use{"mfa.disable", "user second_factor"},
    Use{"mfa.status", "user second_factor confirmed enrolled_at recovery_codes_left"},
    Use{"token.create", "id token label methods calls_per_minute uid created_at expires_at"},
    Use{"token.list token.revoke", "@robot"},
    Use{"user.show", "@user accounts vaults totals"},
    Use{"account.list account.add account.show account.deposit account.withdraw account.trade "
        "account.attribute account.skip_history account.remove",
        "@account"},
    Use{"key.list key.add key.validate key.rotate key.retire key.remove", "@key"},
    Use{"key.policy", "vault policy pinned picked why_none"},
    Use{"account.exchanges", "exchange available note"},
    Use{"account.unattributed", "account asset total unattributed ignored"},
    Use{"vault.list vault.show vault.create vault.allocate vault.unallocate vault.auto_raise "
        "vault.mode vault.refresh vault.release vault.reserve vault.set_tradeable",
        "@vault"},
    Use{"vault.history",
        "vault sleeve mode day balance equity realised unrealised fees swept principal vault_total "
        "vault_tradeable"},
    Use{"vault.pairs", "vault pairs"},
    Use{"sleeve.show sleeve.set sleeve.strategy sleeve.mode preset.apply", "@sleeve"},
    Use{"sleeve.history", "at by action key from to why audit_seq"},
    Use{"preset.list preset.show preset.create preset.remove", "@preset"},
    Use{"preset.diff", "key value other"},
    Use{"sleeve.list", "@sleeve user account asset"},
    Use{"halt resume vault.pause vault.resume sleeve.pause sleeve.resume", "@hold"},
    Use{"vault.liquidate", "@hold job"},
    Use{"position.list position.show position.resolve position.write_down "
        "position.adopt",
        "@position"},
    Use{"order.list", "@order"},
    Use{"order.show", "@order fills"},
    Use{"order.explain", "id state asset story figures postings decision decided_by"},
    Use{"trade.list trade.show", "@trade"},
    Use{"sweep.list sweep.show", "@sweep"},
    Use{"trade.explain sweep.explain", "@told"},
    Use{"decision.list decision.show", "@decision"},
    Use{"decision.why", "@decision explanation before"},
    Use{"decision.explain", "id story reason order figures"},
    Use{"events", "seq at severity type object message data @who"},
    Use{"audit.list", "seq at actor action object user outcome message params prev_hash hash"},
    Use{"backup.create backup.list backup.verify",
        "ok name made_at bytes deployment master_key batch vaults entries audit_seq audit_hash "
        "walked "
        "problem"},
    Use{"risk.show risk.explain risk.set",
        "level of cap limit standing headroom asset blocks arithmetic tripped_at tripped ends "
        "remedy"},
    Use{"risk.test",
        "at earliest oldest_price cap limit blocks until buys_blocked arithmetic ends"},
    Use{"alert.list alert.ack",
        "id severity kind subject user message next first_at last_at count seen_at seen_by "
        "deliveries"},
    Use{"alert.test", "ok alert deliveries"},
    Use{"secrets.show", "deployment master_key place rotation users users_left secrets to_do"},
    Use{"secrets.rotate", "what user version state"},
    Use{"secrets.escrow", "deployment version copy"},
    Use{"secrets.drill", "ok version users secrets unreadable"},
    Use{"audit.verify", "ok rows head.seq head.hash kept problem"},
    Use{"audit.head", "seq hash at journals signature head"},
    Use{"job.list job.show job.cancel", "@job"},
    Use{"ledger.list", "vault seq tx kind cause at postings prev_hash hash @who"},
    Use{"ledger.correct", "vault seq kind cause"},
    Use{"ledger.verify", "ok vaults entries problems"},
    Use{"market.pairs", "@pair exchange"},
    Use{"market.prices", "pair exchange price at price_frozen"},
    Use{"market.candles", "at open high low close prices"},
    Use{"market.import", "source pair interval candles first last gaps hash"},
    Use{"replay.start replay.run replay.stop replay.status", "@replay"},
    Use{"report.vault", "@whose kind entries reserve unallocated quiet flash total"},
    Use{"report.pnl",
        "@whose sleeve opening.balance opening.at closing.balance closing.at realised unrealised "
        "net fees fees_other swept volume trades buys sells cycles won lost win_rate best_cycle "
        "worst_cycle unrealised_before"},
    Use{"report.fees", "@whose sleeve pair trades volume fee fee_asset value rate"},
    Use{"report.sweeps", "@whose sleeve kind count amount least greatest first last"},
    Use{"status",
        "state users accounts vaults sleeves open_positions live_orders unresolved_orders "
        "paused_sleeves attention running_replays entries pauses warnings version instance_id pid "
        "now uptime_ms batch durable @store config.file config.needs_restart config.last_reload.at "
        "config.last_reload.by config.last_reload.ok config.last_reload.result "
        "config.last_reload.message"},
    Use{"health", "ok state checks"},
    Use{"why_not_trading", "vault sleeve ok blocked_by message remedy checks"},
    Use{"doctor", "socket version daemon.version daemon.pid state ok checks"},
    Use{"version",
        "version protocol.min protocol.max daemon.version daemon.instance_id daemon.pid daemon.now "
        "daemon.uptime_ms daemon.protocol.min daemon.protocol.max"},
    Use{"wait", "ok resource kind state"},
    Use{"batch", "line command ok exit result data error"},
    Use{"metrics", "name labels value"},
    Use{"config.show",
        "file needs_restart last_reload.at last_reload.by last_reload.ok last_reload.result "
        "last_reload.message state_dir keys"},
    Use{"config.check config.reload", "@checked"},
    Use{"script.check",
        "ok result message market ticks sleeves decisions trades decisions_per_second "
        "latency_p50_us "
        "latency_p99_us latency_max_us starts differences first_difference faults reasons orders "
        "stderr"},
    Use{"api.describe", "protocol.min protocol.max methods errors exits"},
    Use{"api.errors", "errors exits"},
    Use{"top.vaults",
        "id user account asset mode state attention alerts total tradeable equity today unrealised "
        "realised now"},
    Use{"top.sleeves",
        "vault sleeve user asset state idle_reason cash locked pending positions_cost balance "
        "equity today unrealised realised cycles preset last_fill_at"},
    Use{"top.positions", "@position"},
    Use{"top.orders",
        "id vault sleeve pair side state reason requested filled_quantity filled_cost fee "
        "decided_at"},
    Use{"top.alerts", "severity kind object message since"},
};

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const auto blank = std::min(text.find(' '), text.size());
        if (blank > 0) words.push_back(text.substr(0, blank));
        text.remove_prefix(std::min(blank + 1, text.size()));
    }
    return words;
}

void expand(std::string_view columns, const std::string& prefix, std::vector<std::string>& out) {
    for (const std::string_view word : words_of(columns)) {
        const auto sign = word.find('@');
        if (sign == std::string_view::npos) {
            out.push_back(prefix + std::string(word));
            continue;
        }
        const auto* record = std::ranges::find(kRecords, word.substr(sign + 1), &Record::name);
        expand(record->columns, prefix + std::string(word.substr(0, sign)), out);
    }
}

std::string cell_of(const json::value& value) {
    if (value.is_null()) return {};
    if (value.is_bool()) return value.get_bool() ? "true" : "false";
    if (value.is_string()) return std::string(value.get_string());
    return protocol::to_compact(value);
}

class Sheet {
  public:
    explicit Sheet(const std::vector<std::string>& columns) : titles_(columns) {
        for (std::size_t i = 0; i < columns.size(); ++i)
            places_.emplace(columns[i], i);
        for (const std::string& column : columns)
            for (auto dot = column.find('.'); dot != column.npos; dot = column.find('.', dot + 1))
                parents_.insert(column.substr(0, dot));
    }

    void add(const json::value& row) {
        rows_.emplace_back();
        const auto* object = row.if_object();
        if (object == nullptr) return put("value", row);
        for (const auto& member : *object)
            take(std::string(member.key()), member.value());
    }

    Grid grid() && {
        for (auto& row : rows_)
            row.resize(titles_.size());
        return {std::move(titles_), {}, std::move(rows_)};
    }

  private:
    void take(const std::string& path, const json::value& value) {
        const bool whole = places_.contains(path);
        const auto* object = whole ? nullptr : value.if_object();
        // Nothing in place of a part leaves all its columns empty.
        const bool nothing = value.is_null() || (object != nullptr && object->empty());
        if (nothing && parents_.contains(path)) return;
        if (object == nullptr || object->empty()) return put(path, value);
        for (const auto& member : *object)
            take(path + '.' + std::string(member.key()), member.value());
    }

    void put(const std::string& path, const json::value& value) {
        const auto [place, added] = places_.emplace(path, titles_.size());
        if (added) titles_.push_back(path);
        auto& row = rows_.back();
        if (row.size() <= place->second) row.resize(place->second + 1);
        row[place->second] = cell_of(value);
    }

    std::vector<std::string> titles_;
    std::map<std::string, std::size_t> places_;
    std::set<std::string> parents_;  // of columns: "quiet" of "quiet.balance"
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace

std::vector<std::string> record_columns(std::string_view method) {
    std::vector<std::string> columns;
    for (const Use& use : kUses) {
        const auto methods = words_of(use.methods);
        if (std::ranges::find(methods, method) != methods.end()) expand(use.columns, {}, columns);
    }
    return columns;
}

std::string csv_of(const std::vector<std::string>& columns, const json::array& rows) {
    Sheet sheet(columns);
    for (const json::value& row : rows)
        sheet.add(row);
    const Grid grid = std::move(sheet).grid();
    return grid.titles.empty() ? std::string() : to_csv(grid);
}

}  // namespace vault::render
