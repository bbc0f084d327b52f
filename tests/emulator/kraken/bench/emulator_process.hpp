#pragma once
// EmulatorProcess: the built kraken_emulator, which lies beside this program, on one core of its
// own, with a truth log; and what Linux says about it. Time stands still at first. Owned by the
// program that measures; one thread; what fails ends the program.
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace vault::emulator_load {

// Says why and ends the program.
[[noreturn]] void give_up(std::string_view why);

// This process, and what it starts, from here on; of as many cores as there are.
void run_on_core(unsigned core);

class EmulatorProcess {
  public:
    static constexpr unsigned kCore = 1;

    explicit EmulatorProcess(std::filesystem::path truth, std::uint64_t seed);
    ~EmulatorProcess();  // kills what still runs
    EmulatorProcess(const EmulatorProcess&) = delete;
    EmulatorProcess& operator=(const EmulatorProcess&) = delete;

    std::uint16_t api() const { return api_; }  // ports
    std::uint16_t control() const { return control_; }
    const std::filesystem::path& truth() const { return truth_; }
    double cpu_seconds() const;  // user and system, so far
    double resident_mib() const;
    // As a user ends it; the truth log is whole afterwards.
    void stop();

  private:
    std::string said() const;

    std::filesystem::path truth_;
    pid_t pid_ = -1;
    int out_ = -1;  // its standard output
    std::uint16_t api_ = 0, control_ = 0;
};

}  // namespace vault::emulator_load
