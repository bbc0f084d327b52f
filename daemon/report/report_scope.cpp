#include "daemon/report/report_scope.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::report {

Result<std::vector<ports::VaultRow>> chosen_vaults(ports::StoreReader& reader,
                                                   const PnlFilter& filter) {
    if (filter.from && filter.to && *filter.from >= *filter.to)
        return Error(Errc::InvalidParams, "the span is empty: `to` must be after `from`", "to",
                     "give a later --to");
    VAULT_TRY(std::vector<ports::VaultRow> vaults, reader.vaults());
    std::ranges::sort(vaults, {}, &ports::VaultRow::id);
    if (!filter.vaults) return vaults;
    std::vector<ports::VaultRow> chosen;
    for (const VaultId id : *filter.vaults) {
        const auto row = std::ranges::find(vaults, id, &ports::VaultRow::id);
        if (row == vaults.end())
            return Error(Errc::NotFound, fmt::format("there is no vault {}", to_text(id)), "vault",
                         "vaultctl vault list shows the vaults");
        chosen.push_back(*row);
    }
    return chosen;
}

Result<std::vector<ports::VaultRow>> vaults_to_read(ports::StoreReader& reader,
                                                    const PnlFilter& filter) {
    VAULT_TRY(std::vector<ports::VaultRow> vaults, chosen_vaults(reader, filter));
    std::ranges::reverse(vaults);
    return vaults;
}

Result<void> add_to(Decimal& sum, Decimal term) {
    VAULT_TRY(sum, add(sum, term));
    return success();
}

ports::RowFilter rows_of(const ports::VaultRow& vault, const PnlFilter& filter) {
    ports::RowFilter rows;
    rows.vault = vault.id;
    rows.from = filter.from;
    rows.to = filter.to;
    return rows;
}

Result<std::optional<Decimal>> fee_value(const ports::FillRow& row) {
    const Fill& fill = row.fill;
    if (fill.fee.is_zero() || fill.fee_asset == row.pair.quote) return std::optional(fill.fee);
    if (fill.fee_asset != row.pair.base) return std::optional<Decimal>{};
    VAULT_TRY(const Decimal value, mul(fill.fee, fill.price.value, Rounding::Down));
    return std::optional(value);
}

}  // namespace vault::report
