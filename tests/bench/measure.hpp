#pragma once
// What every bench program needs: clocks, a median, and a scratch directory beside the program, so
// that the files lie on the disk of the build tree and never on a file system in memory. One
// thread; a directory that cannot be made ends the program.
#include "common/base/check.hpp"
#include "common/base/clock.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdlib.h>
#include <string>
#include <unistd.h>
#include <vector>

namespace vault::bench {

inline double seconds_since(SteadyTime start) {
    return std::chrono::duration<double>(SystemClock{}.steady() - start).count();
}
inline SteadyTime now() {
    return SystemClock{}.steady();
}

// Of all threads of this process: a rate per core, whatever else the machine does.
inline double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

// Of a process, all its threads.
inline double cpu_seconds_of(int pid) {
    std::ifstream stat{"/proc/" + std::to_string(pid) + "/stat"};
    std::string field;
    std::getline(stat, field, ')');  // the name may have blanks in it
    double ticks = 0;
    for (int i = 3; i <= 15 && stat >> field; ++i)  // numbered as in proc(5)
        if (i >= 14) ticks += std::stod(field);
    return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

// Of an odd number of values; of an even one the upper of the two.
inline double median(std::vector<double> values) {
    VAULT_CHECK(!values.empty(), "a median needs a value");
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

// The value that `percent` of all do not exceed: 99 of a thousand values leaves ten above it.
inline double percentile(std::vector<double> values, std::size_t percent) {
    VAULT_CHECK(!values.empty() && percent > 0 && percent <= 100, "a percentile needs a value");
    std::sort(values.begin(), values.end());
    return values[(values.size() * percent + 99) / 100 - 1];
}

// Where this program lies; the other programs of the build are its neighbours.
inline std::filesystem::path program_folder() {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

class WorkFolder {
  public:
    WorkFolder() {
        std::string name = (program_folder().parent_path() / "bench-XXXXXX").string();
        VAULT_CHECK(::mkdtemp(name.data()) != nullptr, "a scratch directory can be made");
        path_ = name;
    }
    ~WorkFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

}  // namespace vault::bench
