#include "tests/bench/journal_maker.hpp"

#include "daemon/ledger/canonical.hpp"

#include <fmt/format.h>

#include <array>

namespace vault::bench {
namespace {

using ledger::Transaction;
using vault::literals::operator""_dec;

constexpr SleeveKind kFlash = SleeveKind::Flash;
constexpr Decimal kFeeRate = "0.004"_dec;
constexpr Decimal kCash = Decimal::from_int(1'000'000);
const Asset kUsdt = Asset::parse("USDT").value();
const Asset kEth = Asset::parse("ETH").value();

enum Phase : std::uint32_t { Lock, Buy, EndBuy, Hold, Sell, Sweep, kPhases };

VaultId id_of(std::size_t index) {
    return VaultId{static_cast<std::uint32_t>(index) + 1};
}

}  // namespace

JournalMaker::JournalMaker(std::uint32_t vaults) : lives_(vaults) {
    for (std::size_t i = 0; i < lives_.size(); ++i)
        lives_[i].books = ledger::VaultBooks{id_of(i), kUsdt};
}

ports::Batch JournalMaker::numbered() {
    ports::Batch batch;
    batch.shard = ShardId{1};
    batch.n = BatchNo{++n_};
    batch.epoch = 1;
    return batch;
}

ports::Batch JournalMaker::open() {
    ports::Batch batch = numbered();
    batch.users.push_back({.id = UserId{1},
                           .name = "ann",
                           .role = Role::Admin,
                           .wallets = {kUsdt},
                           .created_at = {},
                           .created_by = "engine"});
    for (Life& life : lives_) {
        const VaultId id = life.books.vault();
        batch.accounts.push_back(
            {AccountId{id.value}, UserId{1}, "paper", std::to_string(id.value), {}, "u1"});
        batch.vaults.push_back({id, AccountId{id.value}, UserId{1}, kUsdt, Mode::Paper, {}, "u1"});
        open_vault(life, batch);
    }
    close(batch);
    return batch;
}

void JournalMaker::open_vault(Life& life, ports::Batch& batch) {
    const auto done = [&](std::string cause, auto&& change) {
        Transaction tx{life.books, {std::move(cause), Mode::Paper, UtcTime{}, "u1"}};
        VAULT_CHECK(change(tx).has_value(), "a vault can be opened");
        adopt(life, std::move(tx), batch);
    };
    done("command:1", [](Transaction& tx) { return tx.open(kCash); });
    done("command:2", [](Transaction& tx) { return tx.set_tradeable(kCash, std::nullopt); });
    done("command:3", [](Transaction& tx) { return tx.allocate({kZero, kCash}, {}); });
}

ports::Batch JournalMaker::next(std::uint32_t entries) {
    ports::Batch batch = numbered();
    while (batch.entries.size() < entries) {
        turn_ = (turn_ + 1) % lives_.size();
        while (!step(lives_[turn_], batch)) {
        }
    }
    close(batch);
    return batch;
}

// One phase of the vault's cycle; false if it left nothing to book (no profit to sweep).
bool JournalMaker::step(Life& life, ports::Batch& batch) {
    const UtcTime at{Duration{1'600'000'000'000 + static_cast<std::int64_t>(entries_) * 15'000}};
    const OrderId order{life.books.vault(), kFlash, life.orders + 1};
    const bool fills = life.phase == Buy || life.phase == Sell;
    std::string cause =
        fills ? fmt::format("fill:paper:T{}", ++trades_) : fmt::format("order:{}", to_text(order));
    if (life.phase == EndBuy) cause += ":end";
    if (life.phase == Sweep) cause = fmt::format("fill:paper:T{}", trades_);
    Transaction tx{life.books, {std::move(cause), Mode::Paper, at, "engine"}};
    VAULT_CHECK(book(life, tx).has_value(), "an honest cycle can be booked");
    if (life.phase == EndBuy || life.phase == Sell) ++life.orders;
    life.phase = (life.phase + 1) % kPhases;
    if (tx.entries().empty()) return false;
    adopt(life, std::move(tx), batch);
    return true;
}

Result<void> JournalMaker::book(Life& life, Transaction& tx) {
    switch (static_cast<Phase>(life.phase)) {
        case Lock: {
            life.price = Price{
                Decimal::from_raw(static_cast<Decimal::Raw>(200'000 + random_.below(100'000)) *
                                  (Decimal::kOne / 100))};
            life.quantity = Quantity{
                Decimal::from_raw(static_cast<Decimal::Raw>(1'000 + random_.below(40'000)) *
                                  (Decimal::kOne / 10'000))};
            VAULT_TRY(life.lock, mul(life.price.value, life.quantity.value, Rounding::Up));
            life.lock = ceil_8(life.lock) + Decimal::from_int(200);  // fee and slippage inside
            VAULT_TRYV(tx.buy_intent(kFlash, life.lock));
            return success();
        }
        case Buy: {
            VAULT_TRY(const auto done, tx.buy_fill(fill(life, Side::Buy), {kEth, life.lock, {}}));
            life.lock = done.remaining;
            return success();
        }
        case EndBuy: return tx.buy_end(kFlash, life.lock);
        case Hold: return tx.sell_intent(kFlash, kEth, life.quantity.value);
        case Sell: {
            // From 0.8 % below what was paid to 2.2 % above: some cycles lose.
            const auto factor = Decimal::from_raw(
                static_cast<Decimal::Raw>(9'920 + random_.below(300)) * (Decimal::kOne / 10'000));
            VAULT_TRY(life.price.value, mul(life.price.value, factor, Rounding::Floor));
            life.price.value = round_places(life.price.value, 2, Rounding::Floor);
            VAULT_TRYV(tx.sell_fill(fill(life, Side::Sell), {kEth, life.quantity.value, {}}));
            return success();
        }
        case Sweep: {
            VAULT_TRYV(tx.close_if_flat(kFlash, false));
            return success();
        }
        case kPhases: break;
    }
    return Error{Errc::Internal, "no such phase"};
}

Fill JournalMaker::fill(const Life& life, Side side) {
    Fill out;
    out.order = {life.books.vault(), kFlash, life.orders + 1};
    out.trade_id = fmt::format("T{}", trades_);
    out.side = side;
    out.price = life.price;
    out.quantity = life.quantity;
    out.cost = mul(life.price.value, life.quantity.value, Rounding::Up).value();
    out.fee = mul(out.cost, kFeeRate, Rounding::Up).value();
    out.fee_asset = kUsdt;
    return out;
}

void JournalMaker::adopt(Life& life, Transaction&& tx, ports::Batch& batch) {
    life.books = tx.books();
    for (const ledger::Entry& entry : tx.entries()) {
        for (const ledger::Posting& posting : entry.postings)
            touched_.emplace(entry.vault, posting.account, posting.asset);
        batch.entries.push_back({entry.vault,
                                 entry.seq,
                                 entry.tx,
                                 std::string{ledger::to_text(entry.kind)},
                                 entry.cause,
                                 entry.at,
                                 {UserId{1}, AccountId{entry.vault.value}, entry.mode, entry.actor},
                                 ledger::postings_json(entry.postings),
                                 entry.prev_hash,
                                 entry.hash});
        ++entries_;
    }
}

void JournalMaker::close(ports::Batch& batch) {
    for (const auto& [vault, account, asset] : touched_)
        batch.balances.push_back({vault, std::string{ledger::to_text(account)}, asset,
                                  lives_[vault.value - 1].books.balance(account, asset)});
    touched_.clear();
}

}  // namespace vault::bench
