// The invariants of reference/reliability.md, section 2.3, that the ledger can show, in the terms
// of design/domain.md. Left to the engine's tests: I10 across several vaults of one account, the
// "paused" half of I8, I25 beyond pending's join, I28 (lot and minimum rules), I29 and I30.
#include "tests/unit/ledger/desk.hpp"
#include "tests/unit/ledger/random_world.hpp"

#include <algorithm>
#include <memory>

namespace vault::ledger::test {
namespace {

constexpr std::uint64_t kSequences = 120;
constexpr int kSteps = 200;

std::string watched(const RandomWorld::Observer& observer) {
    return run_worlds(kSequences, kSteps, [&](RandomWorld& world) { world.observe(observer); });
}

Decimal sum_of(const std::vector<Posting>& postings, const Asset& asset) {
    Decimal sum;
    for (const Posting& posting : postings) {
        if (posting.asset == asset) sum += posting.amount;
    }
    return sum;
}

Decimal moved(const Entry& entry, const LedgerAccount& account, const Asset& asset = kUsdt) {
    Decimal sum;
    for (const Posting& posting : entry.postings) {
        if (posting.account == account && posting.asset == asset) sum += posting.amount;
    }
    return sum;
}

bool is_fill(const Entry& entry) {
    return entry.kind == EntryKind::BuyFill || entry.kind == EntryKind::SellFill;
}

bool has(const WorldStep& step, EntryKind kind) {
    return std::any_of(step.entries.begin(), step.entries.end(),
                       [kind](const Entry& entry) { return entry.kind == kind; });
}

TEST(Invariant, I1_PostingsOfAnEntrySumToZeroPerAsset) {
    EXPECT_EQ(watched([](const WorldStep& step) -> std::string {
                  for (const Entry& entry : step.entries) {
                      for (const Posting& posting : entry.postings) {
                          if (!sum_of(entry.postings, posting.asset).is_zero()) return "I1";
                      }
                  }
                  return {};
              }),
              "");
}

TEST(Invariant, I2_BalancesSumToZeroPerAsset) {
    EXPECT_EQ(watched([](const WorldStep& step) -> std::string {
                  std::map<Asset, Decimal> sums;
                  for (const Balance& line : step.after.balances())
                      sums[line.asset] += line.amount;
                  for (const auto& [asset, sum] : sums) {
                      if (!sum.is_zero()) return "I2 " + std::string{asset.text()};
                  }
                  return {};
              }),
              "");
}

TEST(Invariant, I3_AmountsAreExactAndComeBackFromTheirText) {
    EXPECT_EQ(watched([](const WorldStep& step) -> std::string {
                  for (const Entry& entry : step.entries) {
                      const auto back = parse_postings(postings_json(entry.postings));
                      if (back.has_error() || back.value() != entry.postings) return "I3";
                  }
                  return {};
              }),
              "");
}

TEST(Invariant, I4_SeqIsDenseAndEachHashCoversTheOneBefore) {
    EXPECT_EQ(run_worlds(kSequences, kSteps,
                         [](RandomWorld& world) {
                             auto chain = std::make_shared<ChainVerifier>(VaultId{7});
                             for (const Entry& entry : world.journal())
                                 EXPECT_TRUE(chain->next(entry).has_value());
                             world.observe([chain](const WorldStep& step) -> std::string {
                                 for (const Entry& entry : step.entries) {
                                     if (entry.tx != step.entries.front().seq) return "I4 tx";
                                     const auto next = chain->next(entry);
                                     if (next.has_error()) return next.error().message();
                                 }
                                 return {};
                             });
                         }),
              "");
}

TEST(Invariant, I5_BalancesAreTheFoldOfTheJournalAtEveryPrefix) {
    for (std::uint64_t i = 0; i < 10; ++i) {
        RandomWorld world{property_seed() + i};
        std::map<std::uint64_t, VaultBooks> after;
        world.observe([&](const WorldStep& step) -> std::string {
            after[step.after.head().seq] = step.after;
            return {};
        });
        ASSERT_TRUE(world.run(kSteps)) << world.failure();
        for (const auto& [seq, books] : after) {
            const auto prefix = std::span{world.journal()}.first(seq);
            const auto folded = fold(VaultId{7}, kUsdt, prefix);
            ASSERT_TRUE(folded.has_value()) << folded.error().message();
            ASSERT_TRUE(same_journal(folded.value(), books)) << "seed " << i << " seq " << seq;
        }
    }
}

TEST(Invariant, I6_AFactAppliedTwiceIsRefusedWhole) {
    EXPECT_EQ(watched([](const WorldStep& step) -> std::string {
                  for (const Entry& entry : step.entries) {
                      VaultBooks books = step.after;
                      if (books.post(entry).has_value()) return "I6 posted twice";
                      if (!(books == step.after)) return "I6 changed by a refused entry";
                  }
                  return {};
              }),
              "");
}

TEST(Invariant, I7_KeysAreUniqueAndEachEntryHasOneCause) {
    EXPECT_EQ(run_worlds(kSequences, kSteps,
                         [](RandomWorld& world) {
                             auto keys = std::make_shared<std::set<std::string>>();
                             world.observe([keys](const WorldStep& step) -> std::string {
                                 for (const Entry& entry : step.entries) {
                                     if (entry.cause.empty()) return "I7 no cause";
                                     if (!keys->insert(entry_key(entry)).second) return "I7 twice";
                                 }
                                 return {};
                             });
                         }),
              "");
}

TEST(Invariant, I8_NothingThatTheVaultOwnsIsEverNegative) {
    EXPECT_EQ(watched([](const WorldStep& step) -> std::string {
                  for (const Balance& line : step.after.balances()) {
                      switch (line.account.kind) {
                          case AccountKind::Reserve:
                          case AccountKind::Unallocated:
                          case AccountKind::Cash:
                          case AccountKind::Locked:
                          case AccountKind::Pending:
                          case AccountKind::Position:
                          case AccountKind::Held:
                              if (line.amount.is_negative()) return "I8";
                              break;
                          case AccountKind::External:
                          case AccountKind::ExternalFees:
                          case AccountKind::Market:
                          case AccountKind::Memo:
                          case AccountKind::Fees:
                          case AccountKind::Realised:
                          case AccountKind::Principal: break;
                      }
                  }
                  return {};
              }),
              "");
}

TEST(Invariant, I9_AnEntryTouchesItsOwnVaultOnly) {
    const Desk desk{"10"_dec};
    VaultBooks foreign{VaultId{2}, kUsdt};
    EXPECT_TRUE(foreign.post(desk.last().front()).has_error());
    Desk mine{"10"_dec};
    const Fill fill{{VaultId{2}, kFlash, 1}, "T",  UtcTime{}, Side::Buy, Price{kOne},
                    Quantity{kOne},          kOne, kZero,     kUsdt};
    EXPECT_EQ(mine.run([&](Transaction& t) {
        return t.buy_fill(fill, {kEth, kZero, kZero});
    }),
              Errc::InvalidParams);
}

// RandomWorld compares its exchange's wallet and coins with the books after every step.
TEST(Invariant, I10_TheExchangesTotalsAreTheBooksTotals) {
    EXPECT_EQ(watched([](const WorldStep& step) -> std::string {
                  const VaultBooks& books = step.after;
                  Decimal cash = books.reserve() + books.unallocated();
                  for (const SleeveKind kind : kSleeveKinds) {
                      const SleeveBooks& sleeve = books.sleeve(kind);
                      cash += sleeve.cash + sleeve.locked + sleeve.pending;
                  }
                  return cash == books.wallet_cash() ? "" : "I10";
              }),
              "");
}

TEST(Invariant, I11_QuoteWealthIsFundingPlusWhatWasRealised) {
    EXPECT_EQ(watched([](const WorldStep& step) -> std::string {
                  const VaultBooks& books = step.after;
                  const Decimal funding = -books.balance(account(AccountKind::External), kUsdt) -
                                          books.balance(account(AccountKind::ExternalFees), kUsdt);
                  const Decimal gains =
                      books.sleeve(kQuiet).realised + books.sleeve(kFlash).realised;
                  return books.total() == funding + gains ? "" : "I11";
              }),
              "");
}

TEST(Invariant, I12_CoinsAreWhatTheMarketGaveLessCoinFees) {
    EXPECT_EQ(watched([](const WorldStep& step) -> std::string {
                  for (const Asset& base : {kEth, kBtc}) {
                      Decimal coins;
                      for (const SleeveKind kind : kSleeveKinds) {
                          const Position* position = step.after.position(kind, base);
                          if (position != nullptr) coins += position->coins();
                      }
                      const Decimal given =
                          -step.after.balance(account(AccountKind::Market), base) -
                          step.after.balance(account(AccountKind::ExternalFees), base);
                      if (coins != given) return "I12";
                  }
                  return {};
              }),
              "");
}

TEST(Invariant, I13_CostAndFeeAreTheVenuesOwnNumbers) {
    Desk desk{"1000"_dec};
    desk.tradeable("1000"_dec);
    desk.allocate(kZero, "1000"_dec);
    desk.buy(kFlash, "500"_dec);
    // Cost and fee fit neither price times quantity nor any rate.
    desk.fill({kFlash,
               Side::Buy,
               "3"_dec,
               "100"_dec,
               "299.123456789012345678"_dec,
               "1.000000000000000001"_dec,
               kUsdt,
               "500"_dec,
               {},
               kEth});
    EXPECT_EQ(desk.books().positions_cost(kFlash), "299.123456789012345678"_dec);
    EXPECT_EQ(desk.flash().fees, "1.000000000000000001"_dec);
    EXPECT_EQ(desk.flash().cash, "1000"_dec - "300.123456789012345679"_dec);
    desk.buy(kFlash, "100"_dec);
    desk.fill(
        {kFlash, Side::Buy, "1"_dec, "90"_dec, "90"_dec, "0.25"_dec, kEth, "100"_dec, {}, kEth});
    EXPECT_EQ(desk.books().balance(account(AccountKind::ExternalFees), kEth), "0.25"_dec);
}

TEST(Invariant, I14_CostIsNeverNegativeZeroWhenFlatAndNeverAboveWhatWasPaid) {
    EXPECT_EQ(run_worlds(kSequences, kSteps,
                         [](RandomWorld& world) {
                             auto paid = std::make_shared<std::map<std::string, Decimal>>();
                             world.observe([paid](const WorldStep& step) -> std::string {
                                 for (const SleeveKind kind : kSleeveKinds) {
                                     Decimal& sum = (*paid)[std::string{to_text(kind)}];
                                     const LedgerAccount cost =
                                         account(kind, AccountKind::Position);
                                     for (const Entry& entry : step.entries)
                                         sum += max(kZero, moved(entry, cost));
                                     const Decimal now = step.after.positions_cost(kind);
                                     const bool none = step.after.sleeve(kind).positions.empty();
                                     if (none && !now.is_zero()) return "I14 cost without coins";
                                     if (now.is_negative() || now > sum) return "I14";
                                     if (none) sum = kZero;
                                 }
                                 return {};
                             });
                         }),
              "");
}

TEST(Invariant, I15_OverACycleCashChangesByPriceGainLessFees) {
    Desk desk{"1000"_dec};
    desk.tradeable("1000"_dec);
    desk.allocate("1000"_dec, kZero);
    desk.buy(kQuiet, "400"_dec);
    desk.fill(
        {kQuiet, Side::Buy, "7"_dec, "50"_dec, "350"_dec, "1.4"_dec, kUsdt, "400"_dec, {}, kEth});
    Decimal proceeds;
    Decimal fees = "1.4"_dec;
    for (const auto part : {"3"_dec, "2"_dec, "2"_dec}) {
        const Decimal cost = mul(part, "53.333333333333333333"_dec, Rounding::Down).value();
        desk.sell(kQuiet, part);
        desk.fill({kQuiet, Side::Sell, part, "53.3"_dec, cost, "0.7"_dec, kUsdt, part, {}, kEth});
        proceeds += cost;
        fees += "0.7"_dec;
    }
    EXPECT_EQ(desk.quiet().cash - "1000"_dec, proceeds - "350"_dec - fees);
    EXPECT_EQ(desk.quiet().realised, proceeds - "350"_dec - fees);
}

TEST(Invariant, I16_AllocationsStayWithinWhatIsThere) {
    EXPECT_EQ(
        watched([](const WorldStep& step) -> std::string {
            if (has(step, EntryKind::Allocate)) {
                const Decimal moved_out =
                    -moved(step.entries.front(), account(AccountKind::Unallocated));
                if (moved_out > step.before.unallocated()) return "I16 allocate";
            }
            for (const SleeveKind kind : kSleeveKinds) {
                const Decimal was = step.before.sleeve(kind).unallocate_requested;
                const Decimal requested = step.after.sleeve(kind).unallocate_requested;
                if (requested > was && requested > step.before.balance(kind))
                    return "I16 unallocate";
            }
            if (has(step, EntryKind::SetTradeable) &&
                step.after.tradeable() < step.after.balance(kQuiet) + step.after.balance(kFlash)) {
                return "I16 tradeable";
            }
            return {};
        }),
        "");
}

TEST(Invariant, I17_TheReserveNeverFundsAnOrder) {
    EXPECT_EQ(watched([](const WorldStep& step) -> std::string {
                  const bool shortage = step.before.underfunded() || step.after.underfunded();
                  for (const Entry& entry : step.entries) {
                      const bool of_order = is_fill(entry) || entry.kind == EntryKind::BuyIntent ||
                                            entry.kind == EntryKind::SellIntent ||
                                            entry.kind == EntryKind::OrderEnd ||
                                            entry.kind == EntryKind::Overdraft;
                      if (of_order && !moved(entry, account(AccountKind::Reserve)).is_zero()) {
                          return "I17";
                      }
                  }
                  const bool trades = step.what.find("intent") != std::string::npos ||
                                      step.what.find("fill") != std::string::npos;
                  if (trades && !shortage && step.before.reserve() != step.after.reserve()) {
                      return "I17 by a follow-up";
                  }
                  return {};
              }),
              "");
}

TEST(Invariant, I18_AFlashCloseWithProfitSweepsExactlyItOnce) {
    EXPECT_EQ(watched([](const WorldStep& step) -> std::string {
                  int sweeps = 0;
                  for (const Entry& entry : step.entries) {
                      if (entry.kind != EntryKind::FlashSweep) continue;
                      ++sweeps;
                      const Decimal out = -moved(entry, account(kFlash, AccountKind::Cash));
                      if (moved(entry, account(AccountKind::Unallocated)) != out) return "I18 sum";
                      if (!out.is_positive()) return "I18 sign";
                  }
                  if (sweeps > 1) return "I18 twice";
                  if (sweeps == 0) return {};
                  const SleeveBooks& flash = step.after.sleeve(kFlash);
                  const Decimal left =
                      step.after.balance(kFlash) - max(flash.principal, kZero) - flash.fee_float;
                  // All of the profit is gone, or all of the cash.
                  return left.is_zero() || flash.cash.is_zero() ? "" : "I18 not all";
              }),
              "");
}

TEST(Invariant, I19_AFlashLossStaysAndIsNeverToppedUp) {
    Desk desk{"1000"_dec};
    desk.tradeable("1000"_dec);
    desk.allocate(kZero, "400"_dec);
    const Decimal unallocated = desk.books().unallocated();
    desk.cycle(kFlash, "100"_dec, "60"_dec);
    EXPECT_EQ(desk.books().unallocated(), unallocated);
    EXPECT_EQ(desk.flash().cash, "360"_dec);
    EXPECT_EQ(desk.flash().principal, "400"_dec);
    EXPECT_TRUE(std::none_of(desk.journal().begin(), desk.journal().end(), [](const Entry& entry) {
        return entry.kind == EntryKind::FlashSweep;
    }));
}

TEST(Invariant, I20_AQuietCloseLeavesUnallocatedAlone) {
    EXPECT_EQ(watched([](const WorldStep& step) -> std::string {
                  for (const Entry& entry : step.entries) {
                      const bool sweep = entry.kind == EntryKind::FlashSweep;
                      if (sweep && !moved(entry, account(kQuiet, AccountKind::Cash)).is_zero()) {
                          return "I20";
                      }
                  }
                  return {};
              }),
              "");
}

TEST(Invariant, I21_TheSweepIsInTheTransactionThatClosedTheSleeve) {
    EXPECT_EQ(watched([](const WorldStep& step) -> std::string {
                  if (!has(step, EntryKind::FlashSweep)) return {};
                  if (!step.after.flat(kFlash)) return "I21 not flat";
                  const bool marked = step.what.starts_with("mark_dust");
                  return marked || step.entries.front().kind != EntryKind::FlashSweep ||
                                 step.what.starts_with("order_end")
                             ? ""
                             : "I21 alone";
              }),
              "");
}

TEST(Invariant, I22_NoSweepWhileAnOrderIsLiveOrUnresolved) {
    EXPECT_EQ(watched([](const WorldStep& step) -> std::string {
                  if (!has(step, EntryKind::FlashSweep)) return {};
                  const SleeveBooks& flash = step.after.sleeve(kFlash);
                  bool held = flash.locked.is_positive();
                  for (const Position& position : flash.positions)
                      held = held || position.held.is_positive();
                  return held ? "I22" : "";
              }),
              "");
    Desk desk{"100"_dec};
    desk.tradeable("100"_dec);
    desk.allocate(kZero, "50"_dec);
    desk.run([](Transaction& t) -> Result<void> {
        VAULT_TRY(const auto close, t.close_if_flat(kFlash, true));
        EXPECT_FALSE(close.closed);
        return success();
    });
}

TEST(Invariant, I23_ASweepReturnNeverTakesMoreThanTheLastSweep) {
    EXPECT_EQ(watched([](const WorldStep& step) -> std::string {
                  for (const Entry& entry : step.entries) {
                      if (entry.kind != EntryKind::SweepReturn) continue;
                      const Decimal back = -moved(entry, account(AccountKind::Unallocated));
                      const Decimal last = max(step.before.sleeve(kQuiet).last_sweep,
                                               step.before.sleeve(kFlash).last_sweep);
                      if (back > last || !back.is_positive()) return "I23";
                  }
                  return {};
              }),
              "");
}

TEST(Invariant, I24_AnAllocationToABusySleeveMovesPendingAlone) {
    EXPECT_EQ(watched([](const WorldStep& step) -> std::string {
                  const bool allocates =
                      step.what.starts_with("allocate") || step.what.starts_with("unallocate");
                  if (!allocates || step.before.underfunded()) return {};
                  for (const SleeveKind kind : kSleeveKinds) {
                      const SleeveBooks& was = step.before.sleeve(kind);
                      const SleeveBooks& is = step.after.sleeve(kind);
                      if (step.before.flat(kind)) continue;
                      if (was.cash != is.cash || was.locked != is.locked) return "I24 cash";
                      if (!(was.positions == is.positions)) return "I24 position";
                  }
                  return {};
              }),
              "");
}

TEST(Invariant, I25_PendingJoinsOnceWithTheNextBuy) {
    EXPECT_EQ(watched([](const WorldStep& step) -> std::string {
                  if (!has(step, EntryKind::BuyIntent)) return {};
                  for (const Entry& entry : step.entries) {
                      if (entry.kind != EntryKind::BuyIntent) continue;
                      for (const SleeveKind kind : kSleeveKinds) {
                          const bool its =
                              !moved(entry, account(kind, AccountKind::Locked)).is_zero();
                          if (its && !step.after.sleeve(kind).pending.is_zero()) return "I25";
                      }
                  }
                  return {};
              }),
              "");
}

TEST(Invariant, I26_ASleeveSellsItsOwnCoinsOnly) {
    EXPECT_EQ(watched([](const WorldStep& step) -> std::string {
                  for (const Entry& entry : step.entries) {
                      if (!is_fill(entry) && entry.kind != EntryKind::SellIntent) continue;
                      std::set<SleeveKind> sleeves;
                      for (const Posting& posting : entry.postings) {
                          if (posting.account.sleeve) sleeves.insert(*posting.account.sleeve);
                      }
                      if (sleeves.size() != 1) return "I26";
                  }
                  return {};
              }),
              "");
    Desk desk{"1000"_dec};
    desk.tradeable("1000"_dec);
    desk.allocate("300"_dec, "300"_dec);
    for (const SleeveKind kind : kSleeveKinds) {
        desk.buy(kind, "100"_dec);
        desk.fill({kind, Side::Buy, "1"_dec, "100"_dec, "100"_dec, {}, kUsdt, "100"_dec, {}, kEth});
    }
    EXPECT_EQ(desk.sell(kQuiet, "1.000000000000000001"_dec), Errc::InsufficientBalance);
    EXPECT_EQ(desk.fill({kQuiet, Side::Sell, "2"_dec, kOne, kOne, {}, kUsdt, {}, {}, kEth}),
              Errc::InsufficientBalance);
}

TEST(Invariant, I27_TheSleevesResultsDoNotDependOnTheirOrder) {
    const auto play = [](bool quiet_first) {
        Desk desk{"1000"_dec};
        desk.tradeable("1000"_dec);
        desk.allocate("300"_dec, "300"_dec);
        const auto quiet = [&] { desk.cycle(kQuiet, "100"_dec, "111.1"_dec); };
        const auto flash = [&] { desk.cycle(kFlash, "200"_dec, "222.2"_dec); };
        if (quiet_first) quiet();
        flash();
        if (!quiet_first) quiet();
        return desk;
    };
    const Desk one = play(true);
    const Desk two = play(false);
    EXPECT_TRUE(one.quiet() == two.quiet());
    EXPECT_TRUE(one.flash() == two.flash());
    EXPECT_EQ(one.books().unallocated(), two.books().unallocated());
}

// The lot and minimum rules are the engine's; the ledger's part is that a lock bounds what is
// spent.
TEST(Invariant, I28_ABuyWithinItsLockLeavesTheFreeCashAlone) {
    Desk desk{"1000"_dec};
    desk.tradeable("1000"_dec);
    desk.allocate(kZero, "300"_dec);
    desk.buy(kFlash, "100"_dec);
    desk.fill({kFlash, Side::Buy, kOne, "99"_dec, "99"_dec, kOne, kUsdt, "100"_dec, {}, kEth},
              false);
    EXPECT_EQ(desk.flash().cash, "200"_dec);
    EXPECT_EQ(desk.flash().locked, kZero);
    EXPECT_EQ(desk.figures().remaining, kZero);
}

TEST(Invariant, TheIdentitiesOfDomainMdHoldAfterEveryEntry) {
    for (std::uint64_t i = 0; i < 20; ++i) {
        RandomWorld world{property_seed() + i};
        ASSERT_TRUE(world.run(kSteps)) << world.failure();
        VaultBooks books{VaultId{7}, kUsdt};
        for (const Entry& entry : world.journal()) {
            ASSERT_TRUE(books.post(entry).has_value());
            ASSERT_EQ(books.total(), books.reserve() + books.tradeable());
            ASSERT_EQ(books.tradeable(),
                      books.unallocated() + books.balance(kQuiet) + books.balance(kFlash));
            for (const SleeveKind kind : kSleeveKinds) {
                const SleeveBooks& own = books.sleeve(kind);
                ASSERT_EQ(books.balance(kind),
                          own.cash + own.locked + own.pending + books.positions_cost(kind));
                ASSERT_EQ(books.balance(kind),
                          own.principal + own.realised + own.fee_float - own.swept);
            }
            ASSERT_EQ(books.total(), books.wallet_cash() + books.positions_cost(kQuiet) +
                                         books.positions_cost(kFlash));
        }
    }
}

}  // namespace
}  // namespace vault::ledger::test
