#include "tests/emulator/kraken/exchange/fees.hpp"

namespace vault::kraken_emulator {

using vault::literals::operator""_dec;

const std::array<FeeTier, kFeeTiers>& fee_schedule() {
    static constexpr std::array<FeeTier, kFeeTiers> kSchedule{{
        {0, "0.40"_dec, "0.25"_dec},
        {10'000, "0.35"_dec, "0.20"_dec},
        {50'000, "0.24"_dec, "0.14"_dec},
        {100'000, "0.22"_dec, "0.12"_dec},
        {250'000, "0.20"_dec, "0.10"_dec},
        {500'000, "0.18"_dec, "0.08"_dec},
        {1'000'000, "0.16"_dec, "0.06"_dec},
        {2'500'000, "0.14"_dec, "0.04"_dec},
        {5'000'000, "0.12"_dec, "0.02"_dec},
        {10'000'000, "0.10"_dec, "0.00"_dec},
    }};
    return kSchedule;
}

std::size_t fee_tier_of(Decimal volume) {
    std::size_t tier = 0;
    while (tier + 1 < kFeeTiers && volume >= Decimal::from_int(fee_schedule()[tier + 1].volume))
        ++tier;
    return tier;
}

Decimal fee_on(Decimal amount, Decimal percent, int places) {
    const Decimal whole = mul_div(amount, percent, Decimal::from_int(100), Rounding::Down).value();
    return round_places(whole, places, Rounding::Down);
}

}  // namespace vault::kraken_emulator
