//! A NATS server of one's own.

use devstack::Nats;

#[tokio::test]
async fn it_comes_back_on_the_same_address_after_a_stop_a_kill_and_the_loss_of_its_store() {
    let mut nats = Nats::start().await.unwrap();
    let address = nats.address();
    let listens = |address: &str| std::net::TcpStream::connect(address).is_ok();
    assert!(listens(&address));
    for end in [Nats::stop, Nats::kill, Nats::wipe] {
        end(&mut nats);
        assert!(!listens(&address));
        nats.start_again().await.unwrap();
        assert_eq!(nats.address(), address);
        assert!(listens(&address));
    }
    assert!(nats.url("purchase").starts_with("nats://purchase:"));
}
