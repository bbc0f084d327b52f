#include "daemon/report/sums.hpp"

namespace vault::report {

Result<void> add_to(Decimal& sum, Decimal term) {
    VAULT_TRY(sum, add(sum, term));
    return success();
}

Result<std::optional<Decimal>> fee_value(const ports::FillRow& row) {
    const Fill& fill = row.fill;
    if (fill.fee.is_zero() || fill.fee_asset == row.pair.quote) return std::optional(fill.fee);
    if (fill.fee_asset != row.pair.base) return std::optional<Decimal>{};
    VAULT_TRY(const Decimal value, mul(fill.fee, fill.price.value, Rounding::Down));
    return std::optional(value);
}

bool is_sweep(std::string_view kind) {
    return kind == "flash_sweep" || kind == "quiet_sweep" || kind == "sweep_return";
}

}  // namespace vault::report
