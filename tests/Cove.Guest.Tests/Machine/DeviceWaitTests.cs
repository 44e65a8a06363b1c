using Cove.Guest.Machine;

namespace Cove.Guest.Tests.Machine;

public sealed class DeviceWaitTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    [Fact]
    public async Task What_is_there_already_is_found_without_a_pause()
    {
        var time = new LeapingTime(1);
        Assert.Equal("sda", await DeviceWait.ForAsync(() => "sda", TimeSpan.Zero, Pause, time, TestContext.Current.CancellationToken));
        Assert.Equal(TimeSpan.Zero, time.Passed);
    }

    [Fact]
    public async Task What_comes_later_is_waited_for()
    {
        var time = new LeapingTime(1);
        var looks = 0;
        Assert.Equal("sda", await DeviceWait.ForAsync(() => ++looks == 4 ? "sda" : null, TimeSpan.FromSeconds(1), Pause, time, TestContext.Current.CancellationToken));
        Assert.Equal(3 * Pause, time.Passed);
    }

    [Fact]
    public async Task Patience_is_time_and_not_a_number_of_pauses_and_what_came_during_a_long_one_is_found()
    {
        // A busy machine: each pause takes a hundred times as long as was asked for.
        var (time, looks) = (new LeapingTime(100), 0);
        Assert.Null(await DeviceWait.ForAsync<string>(
            () =>
            {
                looks++;
                return null;
            },
            TimeSpan.FromSeconds(2), Pause, time, TestContext.Current.CancellationToken));
        Assert.Equal((3, TimeSpan.FromSeconds(2)), (looks, time.Passed));

        var slow = new LeapingTime(1000);
        Assert.Equal("sda", await DeviceWait.ForAsync(() => slow.Passed > TimeSpan.Zero ? "sda" : null, TimeSpan.FromSeconds(2), Pause, slow, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Whoever_waits_may_give_up()
    {
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DeviceWait.ForAsync<string>(
            () =>
            {
                stop.Cancel();
                return null;
            },
            TimeSpan.FromSeconds(30), Pause, TimeProvider.System, stop.Token));
    }

    /// <summary>A clock whose timers go off at once, after a multiple of the time that they were set to.</summary>
    private sealed class LeapingTime(int times) : TimeProvider
    {
        public TimeSpan Passed { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Passed.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Passed += dueTime * times;
            return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}
