// How a fill's realised amount comes about: cost basis, fee and the arithmetic to the last digit.
#include "daemon/ledger/canonical.hpp"
#include "daemon/report/explain.hpp"

#include <fmt/format.h>

namespace vault::report {

namespace {

using ledger::AccountKind;

class TradeTeller {
  public:
    TradeTeller(const ports::FillRow& row, const ports::EntryRow& entry,
                const ledger::VaultBooks& before)
        : row_(row),
          fill_(row.fill),
          entry_(entry),
          before_(before),
          quote_(row.pair.quote.text()),
          base_(row.pair.base.text()) {}

    Result<Explanation> tell() {
        VAULT_TRY(postings_, ledger::parse_postings(entry_.postings_json));
        VAULT_TRYV(tell_cost());
        VAULT_TRYV(tell_fee());
        if (fill_.side == Side::Buy) {
            VAULT_TRYV(tell_buy());
        } else {
            VAULT_TRYV(tell_sale());
        }
        figure("realised", row_.realised);
        out_.story.push_back(
            fmt::format("Entry {} books it; what the account {}.realised gets is "
                        "the same amount with its sign turned.",
                        entry_.seq, vault::to_text(fill_.order.sleeve)));
        return std::move(out_);
    }

  private:
    void say(std::string sentence) { out_.story.push_back(std::move(sentence)); }
    void figure(std::string name, Decimal value) {
        out_.figures.emplace_back(std::move(name), value.text());
    }

    // What the entry moved on an account of the sleeve, in the quote asset.
    Decimal moved(AccountKind kind) const {
        Decimal sum;
        for (const ledger::Posting& posting : postings_)
            if (posting.account == ledger::account(fill_.order.sleeve, kind) &&
                posting.asset == row_.pair.quote)
                sum += posting.amount;
        return sum;
    }

    Result<void> tell_cost() {
        const Decimal price = fill_.price.value;
        const Decimal quantity = fill_.quantity.value;
        figure("quantity", quantity);
        figure("price", price);
        figure("cost", fill_.cost);
        const auto product = mul(quantity, price, Rounding::Down);
        const bool plain = product && product.value() == fill_.cost;
        say(fmt::format("{} at {}: {} {} {} at {} {}.", fill_.trade_id, format_utc(fill_.time),
                        fill_.side == Side::Buy ? "bought" : "sold", quantity.text(), base_,
                        price.text(), quote_));
        say(plain ? fmt::format("{} = {} x {} = {} {}.",
                                fill_.side == Side::Buy ? "Cost" : "Proceeds", quantity.text(),
                                price.text(), fill_.cost.text(), quote_)
                  : fmt::format("The exchange reported {} of {} {}; it is booked as reported.",
                                fill_.side == Side::Buy ? "a cost" : "proceeds", fill_.cost.text(),
                                quote_));
        return success();
    }

    Result<void> tell_fee() {
        fee_ = moved(AccountKind::Fees);
        figure("fee", fill_.fee);
        out_.figures.emplace_back("fee_asset", fill_.fee_asset.text());
        figure("fee_value", fee_);
        if (fill_.fee_asset == row_.pair.quote) {
            const auto rate = div(fill_.fee, fill_.cost, Rounding::Down);
            const std::string of =
                rate ? fmt::format(", {} of it",
                                   round_places(rate.value(), 6, Rounding::Down).text())
                     : std::string();
            say(fmt::format("Fee {} {}{}.", fill_.fee.text(), quote_, of));
            return success();
        }
        say(fmt::format("Fee {} {}, worth {} {}.", fill_.fee.text(), fill_.fee_asset.text(),
                        fee_.text(), quote_));
        return success();
    }

    Result<void> tell_buy() {
        const ledger::Position* had = before_.position(fill_.order.sleeve, row_.pair.base);
        if (had != nullptr && had->coins().is_positive())
            say(fmt::format(
                "Before entry {} the sleeve held {} {} that had cost {} {}; the cost of "
                "this buy joins them.",
                entry_.seq, had->coins().text(), base_, had->cost.text(), quote_));
        figure("cost_in", moved(AccountKind::Position));
        say(
            fmt::format("A buy realises its fee and nothing else; the cost {} {} goes into the "
                        "position.",
                        moved(AccountKind::Position).text(), quote_));
        say(fmt::format("Realised = -fee = {} {}.", row_.realised.text(), quote_));
        return success();
    }

    Result<void> tell_sale() {
        const ledger::Position* had = before_.position(fill_.order.sleeve, row_.pair.base);
        const Decimal out = -moved(AccountKind::Position);
        if (had == nullptr)
            return Error(
                Errc::StoreInvalid,
                fmt::format("the journal has no {} to sell before entry {}", base_, entry_.seq), "",
                "vaultctl ledger verify tells more");
        figure("quantity_before", had->coins());
        figure("cost_before", had->cost);
        figure("cost_out", out);
        say(fmt::format("Before entry {} the sleeve held {} {} that had cost {} {}.", entry_.seq,
                        had->coins().text(), base_, had->cost.text(), quote_));
        if (fill_.quantity.value == had->coins())
            say(fmt::format("The sale took all of them, so all of the cost goes out: {} {}.",
                            out.text(), quote_));
        else
            say(fmt::format("Cost out = {} x {} / {}, rounded down to 18 places = {} {}.",
                            had->cost.text(), fill_.quantity.value.text(), had->coins().text(),
                            out.text(), quote_));
        say(fmt::format("Realised = proceeds - cost out - fee = {} - {} - {} = {} {}.",
                        fill_.cost.text(), out.text(), fee_.text(), row_.realised.text(), quote_));
        return success();
    }

    const ports::FillRow& row_;
    const Fill& fill_;
    const ports::EntryRow& entry_;
    const ledger::VaultBooks& before_;
    std::string quote_, base_;
    std::vector<ledger::Posting> postings_;
    Decimal fee_;  // in quote value, as booked
    Explanation out_;
};

}  // namespace

Result<ports::EntryRow> entry_of_fill(ports::StoreReader& reader, const ports::FillRow& fill) {
    const std::string kind = fill.fill.side == Side::Buy ? "buy_fill" : "sell_fill";
    const std::string cause = "fill:paper:" + fill.fill.trade_id;  // no other venue in this version
    VAULT_TRY(auto entry, reader.entry(fill.fill.order.vault, kind, cause));
    if (entry) return std::move(*entry);
    return Error(Errc::StoreInvalid,
                 fmt::format("the journal of {} lacks the entry of trade {}",
                             vault::to_text(fill.fill.order.vault), fill.fill.trade_id),
                 "", "vaultctl ledger verify tells more");
}

Result<Explanation> explain_trade(const ports::FillRow& fill, const ports::EntryRow& entry,
                                  const ledger::VaultBooks& before) {
    VAULT_TRY(Explanation out, TradeTeller(fill, entry, before).tell());
    out.entries.push_back(entry);
    return out;
}

}  // namespace vault::report
