// Why a sweep moved what it moved (rules 5 and 6 of design/domain.md).
#include "daemon/report/explain.hpp"

#include <fmt/format.h>

namespace vault::report {

namespace {

constexpr std::string_view kFlashRule =
    "The rule of flash: when it is flat and has no live order, its profit goes back. Sweep = the "
    "smaller of balance - max(principal, 0) - fee float, and cash; nothing if that is not above 0.";
constexpr std::string_view kQuietRule =
    "The rule of quiet: it keeps its profit, unless quiet_sweep sets a schedule. Then, when it is "
    "flat, sweep = quiet_sweep_share x (balance - max(principal, 0) - fee float), rounded down to "
    "8 places, at most its cash.";
constexpr std::string_view kReturnRule =
    "A fill arrived after the sweep and needed money that had left: at most the last sweep moves "
    "back before cash would fall below 0.";

class SweepTeller {
  public:
    SweepTeller(const ports::SweepRow& sweep, const ports::EntryRow& entry,
                const ledger::VaultBooks& before)
        : sweep_(sweep),
          entry_(entry),
          before_(before),
          own_(before.sleeve(sweep.sleeve)),
          asset_(before.asset().text()),
          name_(vault::to_text(sweep.sleeve)) {}

    Result<Explanation> tell() {
        tell_cause();
        VAULT_TRYV(tell_books());
        VAULT_TRYV(tell_amount());
        return std::move(out_);
    }

  private:
    void say(std::string sentence) { out_.story.push_back(std::move(sentence)); }
    void figure(std::string name, Decimal value) {
        out_.figures.emplace_back(std::move(name), value.text());
    }

    void tell_cause() {
        say(fmt::format("At {} {} moved {} {} of {} {}, because of {}.", format_utc(sweep_.at),
                        sweep_.kind, sweep_.amount.text(), asset_, vault::to_text(sweep_.vault),
                        name_, sweep_.cause));
        say(std::string(sweep_.kind == "flash_sweep"   ? kFlashRule
                        : sweep_.kind == "quiet_sweep" ? kQuietRule
                                                       : kReturnRule));
    }

    Result<void> tell_books() {
        const Decimal balance = before_.balance(sweep_.sleeve);
        VAULT_TRY(const Decimal above, sub(balance, max(own_.principal, kZero)));
        VAULT_TRY(profit_, sub(above, own_.fee_float));
        figure("balance", balance);
        figure("principal", own_.principal);
        figure("fee_float", own_.fee_float);
        figure("cash", own_.cash);
        figure("profit", profit_);
        say(fmt::format("Before entry {}: balance {}, principal {}, fee float {}, cash {} {}.",
                        entry_.seq, balance.text(), own_.principal.text(), own_.fee_float.text(),
                        own_.cash.text(), asset_));
        if (sweep_.kind != "sweep_return")
            say(fmt::format("Profit = {} - {} - {} = {} {}.", balance.text(),
                            max(own_.principal, kZero).text(), own_.fee_float.text(),
                            profit_.text(), asset_));
        return success();
    }

    Result<void> tell_amount() {
        const bool back = sweep_.kind == "sweep_return";
        const Decimal amount = sweep_.amount.abs();
        if (sweep_.kind == "flash_sweep")
            say(fmt::format("The smaller of {} and the cash {} is {} {}.", profit_.text(),
                            own_.cash.text(), amount.text(), asset_));
        if (sweep_.kind == "quiet_sweep") {
            const auto share = div(amount, profit_, Rounding::Down);
            if (share)
                say(fmt::format("{} of {} is the share {} (cut to 6 places).", amount.text(),
                                profit_.text(),
                                round_places(share.value(), 6, Rounding::Down).text()));
        }
        const Decimal change = back ? -amount : amount;
        VAULT_TRY(const Decimal swept, add(own_.swept, change));
        VAULT_TRY(const Decimal unallocated, add(before_.unallocated(), change));
        figure("amount", sweep_.amount);
        figure("swept_after", swept);
        figure("unallocated_after", unallocated);
        say(fmt::format(
            "Entry {} moved {} {} from {} to {}: unallocated {} -> {}, swept by the "
            "sleeve so far {} -> {}.",
            entry_.seq, amount.text(), asset_, back ? "unallocated" : std::string(name_) + ".cash",
            back ? std::string(name_) + ".cash" : "unallocated", before_.unallocated().text(),
            unallocated.text(), own_.swept.text(), swept.text()));
        return success();
    }

    const ports::SweepRow& sweep_;
    const ports::EntryRow& entry_;
    const ledger::VaultBooks& before_;
    const ledger::SleeveBooks& own_;
    std::string asset_;
    std::string_view name_;
    Decimal profit_;
    Explanation out_;
};

// The cycle whose close swept.
Result<std::optional<ports::CycleRow>> cycle_of(ports::StoreReader& reader,
                                                const ports::SweepRow& sweep) {
    ports::RowFilter filter;
    filter.vault = sweep.vault;
    filter.sleeve = sweep.sleeve;
    filter.from = sweep.at;
    filter.to = sweep.at + Duration{1};
    VAULT_TRY(const auto cycles, reader.cycles(filter));
    for (const ports::CycleRow& row : cycles)
        if (row.number == sweep.cycle) return std::optional(row);
    return std::optional<ports::CycleRow>{};
}

}  // namespace

Result<ports::EntryRow> entry_of_sweep(ports::StoreReader& reader, const ports::SweepRow& sweep) {
    VAULT_TRY(auto entry, reader.entry(sweep.vault, sweep.kind, sweep.cause));
    if (entry) return std::move(*entry);
    return Error(
        Errc::StoreInvalid,
        fmt::format("the journal of {} lacks the entry of a sweep", vault::to_text(sweep.vault)),
        "", "vaultctl ledger verify tells more");
}

Result<Explanation> explain_sweep(ports::StoreReader& reader, const ports::SweepRow& sweep,
                                  const ports::EntryRow& entry, const ledger::VaultBooks& before) {
    VAULT_TRY(Explanation out, SweepTeller(sweep, entry, before).tell());
    VAULT_TRY(const auto cycle, cycle_of(reader, sweep));
    if (cycle) {
        out.figures.emplace_back("cycle_realised", cycle->realised.text());
        out.story.push_back(
            fmt::format("It closed cycle {}: bought for {}, sold for {}, fees {}, realised {}.",
                        cycle->number, cycle->cost.text(), cycle->proceeds.text(),
                        cycle->fees.text(), cycle->realised.text()));
    }
    VAULT_TRY(out.entries, transaction_of(reader, entry));
    return out;
}

}  // namespace vault::report
