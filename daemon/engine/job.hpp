#pragma once
// Jobs: work that outlasts the batch of the call that began it, a replay's run or a liquidation,
// under an id that people can ask for later ("j7"). A job acts on nothing: what it waits for is
// read off the account or vault that it is about, so it cannot disagree with it. Values of the
// World, stored with the batch that changed them; the shard's thread; nothing here fails.
#include "common/base/time.hpp"
#include "common/domain/ids.hpp"

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace vault::engine {

struct World;
class Recorder;

enum class JobState : std::uint8_t { Running, Done, Canceled };
std::string_view to_text(JobState state);

struct Job {
    JobId id;
    std::string method;  // that began it: "replay.run" or "vault.liquidate"
    std::string object;  // "a1", "v1"
    std::string by;
    UtcTime started_at;  // wall clock, as is ended_at
    std::optional<UtcTime> ended_at;
    JobState state = JobState::Done;
};

// All running jobs and the latest of those that ended. A job lives in a slot, which a later one
// takes over; so the store keeps as many rows as there are slots.
class Jobs {
  public:
    static constexpr std::size_t kEndedKept = 256;

    // Begins a job and ends the one that runs by the same method on the same object.
    JobId begin(Job job, Recorder& recorder);
    void end(Job& job, JobState state, UtcTime at, Recorder& recorder);
    Job* find(JobId id);
    const Job* find(JobId id) const { return const_cast<Jobs*>(this)->find(id); }
    const std::deque<Job>& slots() const { return slots_; }  // in no order
    // Of what was stored; `slot` from 0, in any order. Slots that nothing is put into hold no job.
    void put_back(std::size_t slot, Job job);

  private:
    std::size_t slot_for_next() const;

    std::deque<Job> slots_;
    std::uint32_t last_ = 0;
};

// What has become of the job's work; Running while it goes on.
JobState outcome(const World& world, const Job& job);
// Ends the jobs whose work is over. Called before each batch is closed.
void settle_jobs(World& world, Recorder& recorder, UtcTime now);

}  // namespace vault::engine
