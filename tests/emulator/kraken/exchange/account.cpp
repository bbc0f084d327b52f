#include "tests/emulator/kraken/exchange/account.hpp"

namespace vault::kraken_emulator {
namespace {

Decimal at(const std::map<Asset, Decimal>& amounts, Asset asset) {
    const auto found = amounts.find(asset);
    return found == amounts.end() ? kZero : found->second;
}

constexpr Span kVolumeSpan = std::chrono::days{30};

}  // namespace

Decimal Account::balance(Asset asset) const {
    return at(balances_, asset);
}

Decimal Account::held(Asset asset) const {
    return at(held_, asset);
}

const LedgerRow& Account::post(LedgerRow row) {
    Decimal& balance = balances_[row.asset];
    balance += row.amount - row.fee;
    row.balance = balance;
    ledger_.push_back(std::move(row));
    return ledger_.back();
}

void Account::hold(Asset asset, Decimal change) {
    held_[asset] += change;
}

Decimal Account::volume(Moment now) const {
    Decimal sum = earlier_volume_ + volume_;
    for (const auto& [time, usd] : volumes_) {
        if (now - time < kVolumeSpan) break;
        sum -= usd;
    }
    return sum;
}

void Account::add_volume(Decimal usd, Moment time) {
    while (!volumes_.empty() && time - volumes_.front().first >= kVolumeSpan) {
        volume_ -= volumes_.front().second;
        volumes_.pop_front();
    }
    volumes_.emplace_back(time, usd);
    volume_ += usd;
}

}  // namespace vault::kraken_emulator
