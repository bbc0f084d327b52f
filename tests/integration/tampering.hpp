#pragma once
// What somebody who may write the store's file, but has no key, does to its trail and journals: one
// of kTamperings, drawn from a seed. He knows how hashes are made, so he may make those of the rows
// that he changed anew, or all behind them, sum the books up again and take the store's own seals
// away. What is rolled back is as an old copy of the file had it, with the seals of that time.
#include "common/base/random.hpp"
#include "daemon/ports/signer.hpp"
#include "tests/integration/store_copy.hpp"

#include <functional>

namespace vault::test {

enum class Part { Trail, Journals, Both };
enum class Act { Flip, Edit, Swap, Delete, Reorder, Cut, RollBack, Sum };
enum class Cover { None, OwnHashes, AllHashes };

struct Tampering {
    std::string_view name;
    Part part;
    Act act;
    Cover cover;
};
inline constexpr std::array kTamperings{
    Tampering{"trail: flip in a column", Part::Trail, Act::Flip, Cover::None},
    Tampering{"trail: flip, its hash anew", Part::Trail, Act::Flip, Cover::OwnHashes},
    Tampering{"trail: flip, all hashes anew", Part::Trail, Act::Flip, Cover::AllHashes},
    Tampering{"trail: edit", Part::Trail, Act::Edit, Cover::None},
    Tampering{"trail: edit, its hash anew", Part::Trail, Act::Edit, Cover::OwnHashes},
    Tampering{"trail: edit, all hashes anew", Part::Trail, Act::Edit, Cover::AllHashes},
    Tampering{"trail: swap", Part::Trail, Act::Swap, Cover::None},
    Tampering{"trail: swap, their hashes anew", Part::Trail, Act::Swap, Cover::OwnHashes},
    Tampering{"trail: swap, all hashes anew", Part::Trail, Act::Swap, Cover::AllHashes},
    Tampering{"trail: delete", Part::Trail, Act::Delete, Cover::None},
    Tampering{"trail: delete, the next linked", Part::Trail, Act::Delete, Cover::OwnHashes},
    Tampering{"trail: delete, all hashes anew", Part::Trail, Act::Delete, Cover::AllHashes},
    Tampering{"trail: reorder", Part::Trail, Act::Reorder, Cover::None},
    Tampering{"trail: reorder, their hashes anew", Part::Trail, Act::Reorder, Cover::OwnHashes},
    Tampering{"trail: reorder, all hashes anew", Part::Trail, Act::Reorder, Cover::AllHashes},
    Tampering{"trail: cut", Part::Trail, Act::Cut, Cover::None},
    Tampering{"trail: cut, unsealed", Part::Trail, Act::Cut, Cover::AllHashes},
    Tampering{"trail: rolled back", Part::Trail, Act::RollBack, Cover::AllHashes},
    Tampering{"journal: flip in a column", Part::Journals, Act::Flip, Cover::None},
    Tampering{"journal: flip, its hash anew", Part::Journals, Act::Flip, Cover::OwnHashes},
    Tampering{"journal: flip, all hashes anew", Part::Journals, Act::Flip, Cover::AllHashes},
    Tampering{"journal: amounts", Part::Journals, Act::Edit, Cover::None},
    Tampering{"journal: amounts, its hash anew", Part::Journals, Act::Edit, Cover::OwnHashes},
    Tampering{"journal: amounts, all hashes anew", Part::Journals, Act::Edit, Cover::AllHashes},
    Tampering{"journal: swap", Part::Journals, Act::Swap, Cover::None},
    Tampering{"journal: swap, their hashes anew", Part::Journals, Act::Swap, Cover::OwnHashes},
    Tampering{"journal: swap, all hashes anew", Part::Journals, Act::Swap, Cover::AllHashes},
    Tampering{"journal: delete", Part::Journals, Act::Delete, Cover::None},
    Tampering{"journal: delete, the next linked", Part::Journals, Act::Delete, Cover::OwnHashes},
    Tampering{"journal: delete, all hashes anew", Part::Journals, Act::Delete, Cover::AllHashes},
    Tampering{"journal: reorder", Part::Journals, Act::Reorder, Cover::None},
    Tampering{"journal: reorder, their hashes anew", Part::Journals, Act::Reorder,
              Cover::OwnHashes},
    Tampering{"journal: reorder, all hashes anew", Part::Journals, Act::Reorder, Cover::AllHashes},
    Tampering{"journal: cut", Part::Journals, Act::Cut, Cover::None},
    Tampering{"journal: cut, summed up, unsealed", Part::Journals, Act::Cut, Cover::AllHashes},
    Tampering{"journal: rolled back", Part::Journals, Act::RollBack, Cover::AllHashes},
    Tampering{"journal: a sum changed", Part::Journals, Act::Sum, Cover::None},
    Tampering{"both: rolled back", Part::Both, Act::RollBack, Cover::AllHashes},
};

// Changes `copy`, and says in words what was done; empty if this draw changes nothing. A fault of
// the file's form (two rows of one key) is left to the file to refuse.
std::string tamper(const Tampering& how, StoreCopy& copy, Random& random,
                   const ports::Signer& signer);

// The trail as it was at row `rows`, with the seal of that time.
void roll_back_trail(StoreCopy& copy, std::size_t rows, const ports::Signer& signer);
// A vault's journal as it was at entry `entries`, with its sums and its checkpoint of that time.
void roll_back_journal(StoreCopy& copy, std::int64_t vault, std::size_t entries,
                       const ports::Signer& signer);

}  // namespace vault::test
