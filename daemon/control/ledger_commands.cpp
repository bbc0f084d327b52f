#include "daemon/control/directory.hpp"
#include "daemon/control/row_list.hpp"

#include <fmt/format.h>

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

constexpr std::uint32_t kExportLines = 1000;
constexpr std::size_t kExportBytes = 3U << 20;  // well under the largest reply, after escaping
constexpr std::uint32_t kListEntries = 100;

// Says whether the vault exists, and settles what was booked before.
boost::asio::awaitable<Result<VaultId>> settled_vault(Services& services, const Call& call) {
    const Result<VaultId> vault = vault_of(call.params);
    if (!vault) co_return vault;
    auto pending = ask(services, call, cmd::ShowVault{vault.value()}, &render_nothing);
    const Result<Answer> there = co_await std::move(pending);
    if (!there) co_return there.error();
    co_return vault;
}

Handled list_entries(Services& services, const Call& call) {
    auto settling = settled_vault(services, call);
    const Result<VaultId> vault = co_await std::move(settling);
    if (!vault) co_return vault.error();
    const auto limit =
        static_cast<std::uint32_t>(call.params.integer("limit").value_or(kListEntries));
    report::NewestEntries entries(vault.value(), call.params.time("since"),
                                  call.params.time("until"), limit + 1);
    auto reading = read_pages(services, call, entries);
    const Result<void> read = co_await std::move(reading);
    if (!read) co_return read.error();
    std::vector<ports::EntryRow> rows = std::move(entries).take();
    const bool cut = keep_newest(rows, limit);
    std::function<Result<json::array>(ReadSide&)> render = [&](ReadSide& side) {
        return read_json(*side.reader, rows);
    };
    auto rendering = read_on<json::array>(services.worker, render);
    const Result<json::array> list = co_await std::move(rendering);
    if (!list) co_return list.error();
    Answer answer = answer_with(list.value());
    if (cut)
        answer.warnings.push_back(
            cut_note(limit, fmt::format("{}; vaultctl ledger export {} has all",
                                        earlier_rows(rows.front().at), to_text(vault.value()))));
    co_return answer;
}

Handled export_entries(Services& services, const Call& call) {
    auto settling = settled_vault(services, call);
    const Result<VaultId> vault = co_await std::move(settling);
    if (!vault) co_return vault.error();
    const auto from = static_cast<std::uint64_t>(call.params.integer("from_seq").value_or(1));
    const auto limit =
        static_cast<std::uint32_t>(call.params.integer("limit").value_or(kExportLines));
    std::function<Result<report::ExportPage>(ReadSide&)> read = [&](ReadSide& side) {
        return report::export_page(*side.reader, vault.value(), from, limit, kExportBytes);
    };
    auto reading = read_on<report::ExportPage>(services.worker, read);
    const Result<report::ExportPage> page = co_await std::move(reading);
    if (!page) co_return page.error();
    co_return answer_with(report_to_json(page.value()));
}

Handled verify(Services& services, const Call& call) {
    const auto vault = maybe_vault(call.params);
    if (!vault) co_return vault.error();
    if (vault.value().has_value() == call.params.flag("all"))
        co_return Error(Errc::InvalidParams, "name one vault, or say all", "vault",
                        "vaultctl ledger verify v1, or vaultctl ledger verify --all");
    auto settling = settle(services, call);
    const Result<void> settled = co_await std::move(settling);
    if (!settled) co_return settled.error();
    std::optional<std::vector<VaultId>> among;
    if (!call.context.visible.everyones) among = services.directory.vaults(call.context.visible);
    if (vault.value()) among = {*vault.value()};
    report::LedgerVerifier verifier(std::move(among));
    auto reading = read_pages(services, call, verifier);
    const Result<void> read = co_await std::move(reading);
    if (!read) co_return read.error();
    Answer answer = answer_with(report_to_json(verifier.result()));
    if (!verifier.result().ok()) answer.warnings.emplace_back(kChangedOutside);
    co_return answer;
}

// Which entry reversed another one, page by page from that one on.
class ReversalOf {
  public:
    ReversalOf(VaultId vault, std::uint64_t seq)
        : vault_(vault), next_(seq), cause_(fmt::format("correction:{}:{}", to_text(vault), seq)) {}
    // Reads one page. False when there is nothing more to read.
    Result<bool> step(ports::StoreReader& reader) {
        VAULT_TRY(const auto rows, reader.entries(vault_, next_, kExportLines));
        for (const ports::EntryRow& row : rows)
            if (row.cause == cause_) found_ = row.seq;
        if (!rows.empty()) next_ = rows.back().seq + 1;
        return !found_ && rows.size() == kExportLines;
    }
    std::optional<std::uint64_t> found() const { return found_; }

  private:
    VaultId vault_;
    std::uint64_t next_;
    std::string cause_;
    std::optional<std::uint64_t> found_;
};

// The engine knows that an entry was reversed, the journal also by which one.
boost::asio::awaitable<Error> refused_correction(Services& services, const Call& call,
                                                 const cmd::CorrectEntry& command, Error error) {
    if (error.code() != Errc::WrongState || error.field() != "reverses") co_return error;
    ReversalOf reversal(command.vault, command.reverses);
    auto reading = read_pages(services, call, reversal);
    const Result<void> read = co_await std::move(reading);
    if (!read || !reversal.found()) co_return error;
    co_return Error(
        error.code(),
        fmt::format("entry {} was reversed by entry {}", command.reverses, *reversal.found()),
        error.field(), error.hint());
}

// The engine keeps balances, not entries: what is to be reversed is read here and goes along.
Handled correct(Services& services, const Call& call) {
    auto settling = settled_vault(services, call);
    const Result<VaultId> vault = co_await std::move(settling);
    if (!vault) co_return vault.error();
    const auto seq = static_cast<std::uint64_t>(*call.params.integer("reverses"));
    std::function<Result<std::vector<ports::EntryRow>>(ReadSide&)> read = [&](ReadSide& side) {
        return side.reader->entries(vault.value(), seq, 1);
    };
    auto reading = read_on<std::vector<ports::EntryRow>>(services.worker, read);
    const Result<std::vector<ports::EntryRow>> rows = co_await std::move(reading);
    if (!rows) co_return rows.error();
    cmd::CorrectEntry command{vault.value(), seq, call.params.text("reason"), std::nullopt};
    if (!rows.value().empty() && rows.value().front().seq == seq)
        command.entry = rows.value().front();
    auto executing = execute(services, call, command, &render_view);
    Result<Answer> answer = co_await std::move(executing);
    if (answer) co_return answer;
    auto explaining = refused_correction(services, call, command, answer.error());
    co_return co_await std::move(explaining);
}

constexpr std::array kRoutes{
    Route{"ledger.list", &list_entries},
    Route{"ledger.verify", &verify},
    Route{"ledger.export", &export_entries},
    Route{"ledger.correct", &correct},
};

}  // namespace

std::span<const Route> ledger_routes() {
    return kRoutes;
}

}  // namespace vault::control
