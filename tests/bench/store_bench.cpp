// Durable entries per second of the SQLite store through its port, against a bare SQLite loop that
// writes the same rows into the same schema with the same settings on the same disk. Both write in
// short windows that alternate, each into a file of its own that grows through all of them; a round
// is a pair of windows, and the ratio is the median of the rounds' ratios, because one fsync takes
// 0.2 to 4 ms here. Argument: [rounds] [--json].
#include "tests/bench/bare_store.hpp"
#include "tests/bench/journal_maker.hpp"
#include "tests/bench/open_store.hpp"
#include "tests/support/figures.hpp"

#include <cstdlib>

namespace vault::bench {
namespace {

constexpr std::uint32_t kVaults = 10;

struct Round {
    double bare = 0, ours = 0, grouped = 0;  // entries/s
};

// Three files with the same history: written by the bare loop, by the store with a sync a batch,
// and by the store when batches may share one.
class Contest {
  public:
    explicit Contest(const WorkFolder& work)
        : opening_(maker_.open()),
          bare_(prepared(work, "bare.db")),
          ours_(begun(work, "ours.db", 1)),
          grouped_(begun(work, "grouped.db", 64)) {}

    Round run(std::uint32_t entries, int commits, bool bare_first) {
        std::vector<ports::Batch> batches;
        std::vector<BareBatch> rendered;
        for (int i = 0; i < commits; ++i)
            batches.push_back(maker_.next(entries));
        for (const ports::Batch& batch : batches)
            rendered.emplace_back(batch);
        const double count = static_cast<double>(entries) * commits;
        Round round;
        if (bare_first) round.bare = count / time_bare(rendered);
        round.ours = count / time_store(*ours_, batches);
        if (!bare_first) round.bare = count / time_bare(rendered);
        round.grouped = count / time_store(*grouped_, batches);
        return round;
    }

  private:
    std::unique_ptr<store::SqliteStore> begun(const WorkFolder& work, const char* name,
                                              std::uint32_t group) const {
        auto store = open_store((work.path() / name).string(), group);
        send(*store, {opening_});
        return store;
    }
    std::string prepared(const WorkFolder& work, const char* name) const {
        begun(work, name, 1);  // and closes it again
        return (work.path() / name).string();
    }
    double time_bare(const std::vector<BareBatch>& batches) {
        const SteadyTime start = now();
        for (const BareBatch& batch : batches)
            bare_.write(batch);
        return seconds_since(start);
    }
    static double time_store(store::SqliteStore& store, std::vector<ports::Batch> batches) {
        const SteadyTime start = now();
        send(store, std::move(batches));
        return seconds_since(start);
    }

    JournalMaker maker_{kVaults};
    ports::Batch opening_;
    BareStore bare_;
    std::unique_ptr<store::SqliteStore> ours_, grouped_;
};

void measure(Figures& figures, std::uint32_t entries, int commits, int rounds, double goal) {
    const WorkFolder work;
    Contest contest{work};
    contest.run(entries, commits, true);  // warms caches and statements
    std::vector<double> bare, ours, grouped, ratios, grouped_ratios;
    for (int i = 0; i < rounds; ++i) {
        const Round round = contest.run(entries, commits, i % 2 == 0);
        bare.push_back(round.bare);
        ours.push_back(round.ours);
        grouped.push_back(round.grouped);
        ratios.push_back(round.ours / round.bare);
        grouped_ratios.push_back(round.grouped / round.bare);
    }
    const auto [low, high] = std::minmax_element(ratios.begin(), ratios.end());
    std::fprintf(stderr, "%u entries a commit: ratios of the rounds from %.2f to %.2f\n", entries,
                 *low, *high);
    const auto runs = static_cast<std::uint64_t>(rounds);
    figures.add({.name = fmt::format("store_entries_{}_per_commit", entries),
                 .value = median(ours),
                 .unit = "entries/s",
                 .baseline = median(bare),
                 .ratio = median(ratios),
                 .goal = fmt::format(">= {:.2f} of the bare loop", goal),
                 .met = median(ratios) >= goal,
                 .runs = runs});
    figures.add({.name = fmt::format("store_entries_{}_per_batch_shared_sync", entries),
                 .value = median(grouped),
                 .unit = "entries/s",
                 .baseline = median(bare),
                 .ratio = median(grouped_ratios),
                 .runs = runs});
}

}  // namespace
}  // namespace vault::bench

int main(int argc, char** argv) {
    vault::bench::Figures figures{argc, argv};
    const bool given = argc > 1 && std::string_view{argv[1]} != "--json";
    const int rounds = given ? std::max(1, std::atoi(argv[1])) : 61;
    vault::bench::measure(figures, 100, 8, rounds, 0.70);
    vault::bench::measure(figures, 1, 24, rounds, 0.80);
    return figures.exit_code();
}
