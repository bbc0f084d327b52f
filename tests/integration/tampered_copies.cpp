// Tampers with a store many times, and lets the daemon's own proofs look at each: all must be
// found.
//
//   tampered_copies STORE KEY EARLIER-HEAD HEAD COUNT SEED KEPT
//
// STORE is a copy that this program may write, KEY the key that signed it, both heads what `audit
// head` gave of it, HEAD after its last change. The first copy of each kind is kept in the folder
// KEPT, and KEPT/list says what was done to it. COUNT 1 and the seed of a tampering make it again.
#include "daemon/secrets/file_signer.hpp"
#include "tests/integration/store_proofs.hpp"
#include "tests/integration/tampering.hpp"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

namespace vault::test {
namespace {

constexpr int kDraws = 1'000;  // until one changes something
// The store's full check opens the file anew, so not every copy gets one.
constexpr std::uint64_t kFullCheckEvery = 20;
constexpr std::uint64_t kEachColumn = 10'000;  // so many copies flip each column

struct Arguments {
    std::string store, key;
    ports::KeptHead earlier, head;
    std::uint64_t count = 0, seed = 0;
    std::string kept;
};

struct Tally {
    std::uint64_t tried = 0, found = 0, audit = 0, ledger = 0, start = 0;
    std::uint64_t full_checks = 0, full_check = 0;
};

class Trial {
  public:
    Trial(const Arguments& arguments, const ports::Signer& signer, StoreEditor& editor,
          StoreProofs& proofs)
        : arguments_(arguments), signer_(signer), editor_(editor), proofs_(proofs) {}

    Result<bool> run() {
        VAULT_TRY(whole_, editor_.read());
        VAULT_TRYV(expect_clean("the store as it is", arguments_.head));
        VAULT_TRYV(expect_clean("the store as it is", arguments_.earlier));
        VAULT_TRY(const std::string problem, proofs_.full_check());
        if (!problem.empty()) fault("the store as it is: full check: " + problem);
        VAULT_TRYV(older_state());
        list_.open(arguments_.kept + "/list");
        for (std::uint64_t i = 0; i < arguments_.count && faults_ < 20; ++i) {
            VAULT_TRYV(one(arguments_.seed + i));
        }
        print_table();
        if (arguments_.count >= kEachColumn && flips_.size() < columns())
            fault(fmt::format("only {} of {} columns were flipped", flips_.size(), columns()));
        return faults_ == 0;
    }

  private:
    void fault(const std::string& words) {
        ++faults_;
        fmt::print("FAULT: {}\n", words);
    }

    Result<void> expect_clean(std::string_view what, const ports::KeptHead& head) {
        VAULT_TRY(const Findings findings, proofs_.run(head));
        if (!findings.clean())
            fault(fmt::format("{} is not clean: audit '{}', ledger '{}', start '{}'", what,
                              findings.audit, findings.ledger, findings.start));
        return success();
    }

    // The state of the earlier head, put back: clean beside that head, which is all that it says of
    // later, and found beside the later one.
    Result<void> older_state() {
        StoreCopy older = whole_;
        roll_back_trail(older, arguments_.earlier.trail.seq, signer_);
        std::set<std::int64_t> vaults;
        for (const Row& row : whole_[StoreCopy::Balance])
            vaults.insert(row[BalanceAt::Vault].number);
        for (const std::int64_t vault : vaults) {
            std::size_t entries = 0;
            for (const ports::JournalHead& journal : arguments_.earlier.journals)
                if (journal.vault.value == static_cast<std::uint32_t>(vault)) entries = journal.seq;
            roll_back_journal(older, vault, entries, signer_);
        }
        VAULT_TRYV(editor_.write(whole_, older));
        VAULT_TRYV(expect_clean("the state of the earlier head", arguments_.earlier));
        VAULT_TRY(const Findings findings, proofs_.run(arguments_.head));
        if (!findings.found()) fault("the state of the earlier head passes for the later one's");
        return editor_.write(older, whole_);
    }

    Result<void> one(std::uint64_t seed) {
        const std::size_t kind = seed % kTamperings.size();
        const Tampering& how = kTamperings[kind];
        Random random(seed);
        StoreCopy copy;
        std::string done;
        for (int draw = 0; draw < kDraws && done.empty(); ++draw) {
            copy = whole_;
            done = tamper(how, copy, random, signer_);
            if (!done.empty() && !editor_.write(whole_, copy)) done.clear();
        }
        if (done.empty()) {
            fault(fmt::format("{}, seed {}: nothing to change", how.name, seed));
            return success();
        }
        VAULT_TRY(const Findings findings, proofs_.run(arguments_.head));
        if (how.act == Act::Flip)
            ++flips_[(how.part == Part::Trail ? "trail" : "journal") +
                     done.substr(done.rfind(' '))];
        Tally& tally = tallies_[kind];
        count(tally, findings);
        if (!findings.found())
            fault(fmt::format("not found: {}, seed {}: {} (by the start: '{}')", how.name, seed,
                              done, findings.start));
        if (tally.tried % kFullCheckEvery == 1) {
            VAULT_TRY(const std::string problem, proofs_.full_check());
            ++tally.full_checks;
            tally.full_check += problem.empty() ? 0 : 1;
        }
        if (tally.tried == 1) {
            VAULT_TRYV(keep(kind, done, findings));
        }
        VAULT_TRYV(editor_.write(copy, whole_));
        return expect_clean(fmt::format("after {}, seed {}: the store", how.name, seed),
                            arguments_.head);
    }

    static void count(Tally& tally, const Findings& findings) {
        ++tally.tried;
        tally.found += findings.found() ? 1 : 0;
        tally.audit += findings.audit.empty() ? 0 : 1;
        tally.ledger += findings.ledger.empty() ? 0 : 1;
        tally.start += findings.start.empty() ? 0 : 1;
    }

    Result<void> keep(std::size_t kind, const std::string& done, const Findings& findings) {
        list_ << fmt::format("{}.db\t{}\t{}\t{}\n", kind,
                             findings.start.empty() ? "starts" : "refused", kTamperings[kind].name,
                             done);
        return editor_.save_as(fmt::format("{}/{}.db", arguments_.kept, kind));
    }

    void print_table() const {
        fmt::print("seeds {} to {}; entries {}, rows of the trail {}\n\n", arguments_.seed,
                   arguments_.seed + arguments_.count - 1, whole_[StoreCopy::Entry].size(),
                   whole_[StoreCopy::Audit].size());
        const auto line = [](std::string_view name, const auto&... cells) {
            fmt::print("{:<36}", name);
            (fmt::print("{:>10}", cells), ...);
            fmt::print("\n");
        };
        line("", "tried", "found", "audit", "ledger", "start", "full check");
        Tally sum;
        for (std::size_t i = 0; i < kTamperings.size(); ++i) {
            const Tally& t = tallies_[i];
            line(kTamperings[i].name, t.tried, t.found, t.audit, t.ledger, t.start,
                 fmt::format("{} of {}", t.full_check, t.full_checks));
            sum.tried += t.tried;
            sum.found += t.found;
        }
        line("all", sum.tried, sum.found, "", "", "", "");
        fmt::print("\nflips by column:");
        for (const auto& [column, flips] : flips_)
            fmt::print(" {} {},", column, flips);
        fmt::print("\n");
    }

    static std::size_t columns() {
        return schema_of(StoreCopy::Audit).columns.size() +
               schema_of(StoreCopy::Entry).columns.size();
    }

    const Arguments& arguments_;
    const ports::Signer& signer_;
    StoreEditor& editor_;
    StoreProofs& proofs_;
    StoreCopy whole_;
    std::array<Tally, kTamperings.size()> tallies_{};
    std::map<std::string, std::uint64_t> flips_;
    std::ofstream list_;
    std::uint64_t faults_ = 0;
};

std::optional<ports::KeptHead> read_head(const std::string& path, const ports::Signer& signer) {
    std::ifstream file(path);
    const std::string words{std::istreambuf_iterator<char>(file), {}};
    auto head = ports::find_kept_head(words);
    if (!head || !signer.verify(ports::kept_head_bytes(*head), head->signature)) return {};
    return head;
}

std::uint64_t number(const char* words) {
    std::uint64_t value = 0;
    std::from_chars(words, words + std::char_traits<char>::length(words), value);
    return value;
}

Result<bool> run(char** words) {
    Arguments arguments{.store = words[1],
                        .key = words[2],
                        .earlier = {},
                        .head = {},
                        .count = number(words[5]),
                        .seed = number(words[6]),
                        .kept = words[7]};
    VAULT_TRY(const auto signer, secrets::FileSigner::open(arguments.key));
    const auto earlier = read_head(words[3], signer), head = read_head(words[4], signer);
    if (!earlier || !head) return Error(Errc::InvalidParams, "a head is not of this key");
    arguments.earlier = *earlier;
    arguments.head = *head;
    VAULT_TRY(auto editor, StoreEditor::open(arguments.store));
    VAULT_TRY(const auto proofs, StoreProofs::open(arguments.store, signer));
    return Trial(arguments, signer, editor, *proofs).run();
}

}  // namespace
}  // namespace vault::test

int main(int count, char** words) {
    if (count != 8) {
        fmt::print(stderr, "usage: {} STORE KEY EARLIER-HEAD HEAD COUNT SEED KEPT\n", words[0]);
        return 64;
    }
    const auto all_found = vault::test::run(words);
    if (!all_found) {
        fmt::print(stderr, "tampered_copies: {}\n", all_found.error().message());
        return 70;
    }
    return all_found.value() ? 0 : 1;
}
