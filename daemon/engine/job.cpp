#include "daemon/engine/job.hpp"

#include "daemon/engine/recorder.hpp"

#include <algorithm>

namespace vault::engine {
namespace {

// A replay that ran to its instant or its data's end can be run again; one that was stopped cannot.
JobState replay_outcome(const World& world, AccountId id) {
    switch (world.accounts[id.value - 1].replay.state) {
        case ReplayState::Running: return JobState::Running;
        case ReplayState::Ready:
        case ReplayState::Finished: return JobState::Done;
        case ReplayState::None:
        case ReplayState::Stopped: break;
    }
    return JobState::Canceled;
}

JobState liquidation_outcome(const World& world, VaultId id) {
    const Vault& vault = world.vaults[id.value - 1];
    if (vault.hold.kind == HoldKind::Liquidating) return JobState::Running;
    const bool flat =
        std::ranges::all_of(kSleeveKinds, [&](SleeveKind kind) { return vault.books.flat(kind); });
    return vault.hold.kind == HoldKind::Halted && flat ? JobState::Done : JobState::Canceled;
}

}  // namespace

std::string_view to_text(JobState state) {
    switch (state) {
        case JobState::Running: return "running";
        case JobState::Done: return "done";
        case JobState::Canceled: return "canceled";
    }
    return "";
}

JobState outcome(const World& world, const Job& job) {
    if (job.state != JobState::Running) return job.state;
    if (const auto vault = parse_vault_id(job.object))
        return liquidation_outcome(world, vault.value());
    return replay_outcome(world, parse_account_id(job.object).value());
}

JobId Jobs::begin(Job job, Recorder& recorder) {
    for (Job& other : slots_)
        if (other.state == JobState::Running && other.method == job.method &&
            other.object == job.object)
            end(other, JobState::Canceled, job.started_at, recorder);
    job.id = JobId{++last_};
    job.state = JobState::Running;
    const std::size_t slot = slot_for_next();
    const JobId id = job.id;
    if (slot == slots_.size()) slots_.emplace_back();
    slots_[slot] = std::move(job);
    recorder.touch_job(slot);
    return id;
}

// A new one while fewer than kEndedKept have ended, else the one whose job was begun first.
std::size_t Jobs::slot_for_next() const {
    std::size_t oldest = slots_.size(), ended = 0;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        if (slots_[i].state == JobState::Running) continue;
        ++ended;
        if (oldest == slots_.size() || slots_[i].id < slots_[oldest].id) oldest = i;
    }
    return ended < kEndedKept ? slots_.size() : oldest;
}

void Jobs::end(Job& job, JobState state, UtcTime at, Recorder& recorder) {
    job.state = state;
    job.ended_at = at;
    const auto slot = std::ranges::find(slots_, job.id, &Job::id);
    recorder.touch_job(static_cast<std::size_t>(slot - slots_.begin()));
}

Job* Jobs::find(JobId id) {
    const auto job = std::ranges::find(slots_, id, &Job::id);
    return job == slots_.end() ? nullptr : &*job;
}

void Jobs::put_back(std::size_t slot, Job job) {
    if (slot >= slots_.size()) slots_.resize(slot + 1);
    last_ = std::max(last_, job.id.value);
    slots_[slot] = std::move(job);
}

void settle_jobs(World& world, Recorder& recorder, UtcTime now) {
    for (const Job& job : world.jobs.slots()) {
        const JobState state = outcome(world, job);
        if (state != job.state) world.jobs.end(*world.jobs.find(job.id), state, now, recorder);
    }
}

}  // namespace vault::engine
