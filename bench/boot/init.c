/* The least that a machine can do: its first process powers it off. No library, so that nothing but the kernel is measured. */
#define REBOOT 169

void _start(void)
{
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(REBOOT), "D"(0xfee1dead), "S"(672274793), "d"(0x4321fedc) : "rcx", "r11", "memory");
    for (;;)
        ;
}
